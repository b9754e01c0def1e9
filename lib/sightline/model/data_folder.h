// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace sightline {

/// The folder of the data that ships with the library (`vocab`, `demo-model`, `templates`). Every call
/// searches these places in order: the folder given to `set_data_folder`; `$SIGHTLINE_DATA`; the folders near
/// the executable; the installation that the program was compiled against. If one of the first two is set,
/// the search ends there. Errors: missing, with the folder that was set.
std::filesystem::path data_folder();
/// Sets the data folder, which takes precedence over every other place; an empty path unsets it. Thread-safe.
void set_data_folder(const std::filesystem::path& folder);

namespace detail {
/// Records where the installed headers of the library are: `header` is the path of `sightline/sightline.h`, a
/// string literal.
bool register_installation(const char* header);
}  // namespace detail

}  // namespace sightline
