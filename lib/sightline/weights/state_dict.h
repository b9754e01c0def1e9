// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/containers/pickle.h"

namespace sightline {

/// The dict of tensors in a PyTorch checkpoint.
struct StateDict {
  PickleValue dict;
  std::string choice;  ///< which of several models it is, a sentence; "" when there is only one
};

/// Looks for a state_dict in the value of a pickle: that value itself, then what stands under the keys of
/// training programs (state_dict, model_state_dict, model, module, ..., copies that are averages last), and
/// under these keys there. The first in this order that holds both towers of a CLIP is taken, else the one
/// with the most tensors of a CLIP, else with the most tensors. Errors: header (no dict; a tensor under a key
/// that is no text); missing (no tensor in any of these places), with the keys that are there; limit.
StateDict find_state_dict(const PickleValue& root, const std::string& subject);

}  // namespace sightline
