// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "cli/failure.h"

namespace sightline::app {

/// The command that downloads a published model into the Hugging Face cache, depending on what is installed:
/// "sightline-fetch NAME" if available, "scripts/fetch-model.sh NAME" for a program built in a checkout (with
/// the absolute path if the current folder is another one), else the `hf` program. `name`: a preset by any of
/// its names, or org/name.
std::string fetch_command(const std::string& name);

/// A path or name as one word of a shell command, quoted if necessary. It has no control characters.
std::string shell_word(const std::string& text);

/// The remedy if the model `name` ("" = the demo model) cannot be opened; "" if the message is sufficient.
std::string model_remedy(const std::string& name, const Error& error);

/// Runs `work`, which opens the model `name`. An error becomes a Failure of Stage::model with a remedy.
template <class Work>
decltype(auto) with_model_remedy(const std::string& name, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    throw Failure(Stage::model, error, model_remedy(name, error));
  }
}

}  // namespace sightline::app
