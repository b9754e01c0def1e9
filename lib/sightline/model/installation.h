// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The folder of the running executable; "." where the system does not tell.
std::string executable_folder();

/// The folder of data that ships with the program (vocab, templates, demo-model), looked for beside the
/// executable: in a build folder, installed, or moved together with its data. "" when it is not there.
std::string find_data_folder();

/// The command that gets a published model into the Hugging Face cache, as it can be run here and now:
/// "sightline-fetch NAME" where that is installed, "scripts/fetch-model.sh NAME" for a program built in a
/// checkout (with its whole path when the current folder is another), else Hugging Face's own. `name`: a
/// preset by any of its names, or org/name.
std::string fetch_command(const std::string& name);

}  // namespace sightline
