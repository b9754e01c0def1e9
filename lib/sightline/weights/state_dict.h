// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/containers/pickle.h"

namespace sightline {

/// The dict of tensors in a PyTorch checkpoint.
struct StateDict {
  PickleValue dict;
  std::string choice;  ///< a sentence that says which of several models was chosen; "" if there is only one
};

/// Finds the state_dict in the value of a pickle: the value itself, then the values under keys used by
/// training programs (state_dict, model_state_dict, model, module, ..., with averaged copies last), then the
/// same keys inside those. The first candidate that contains both towers of a CLIP is taken, else the one
/// with the most CLIP tensors, else the one with the most tensors. Errors: header (not a dict; a tensor under
/// a key that is not a string); missing (no tensor in any of these places), with the existing keys; limit.
StateDict find_state_dict(const PickleValue& root, const std::string& subject);

}  // namespace sightline
