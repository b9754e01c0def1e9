// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "failure.h"

namespace sightline::app {

/// The command that gets a published model into the Hugging Face cache, as it can be run here and now:
/// "sightline-fetch NAME" where that is installed, "scripts/fetch-model.sh NAME" for a program built in a
/// checkout (with its whole path when the current folder is another), else Hugging Face's own. `name`: a
/// preset by any of its names, or org/name.
std::string fetch_command(const std::string& name);

/// What to do when the model `name` ("" = the demo model) cannot be opened; "" where the message says it all.
std::string model_remedy(const std::string& name, const Error& error);

/// Runs `work`, which opens the model `name`: an error becomes a Failure of Stage::model with its remedy.
template <class Work>
decltype(auto) opening_model(const std::string& name, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    throw Failure(Stage::model, error, model_remedy(name, error));
  }
}

}  // namespace sightline::app
