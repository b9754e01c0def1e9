// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The folder of the running executable; "." if the system does not provide it.
std::string executable_folder();

/// The folder of data that ships with the program (vocab, templates, demo-model), searched near the
/// executable: in a build folder, in an installation, or moved together with its data. "" if it is not found.
std::string find_data_folder();

}  // namespace sightline
