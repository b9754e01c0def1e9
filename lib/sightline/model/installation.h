// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The folder of the running executable; "." where the system does not tell.
std::string executable_folder();

/// The folder of data that ships with the program (vocab, templates, demo-model), looked for beside the
/// executable: in a build folder, installed, or moved together with its data. "" when it is not there.
std::string find_data_folder();

}  // namespace sightline
