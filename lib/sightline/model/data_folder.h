// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace sightline {

/// The folder of the data that the library comes with (`vocab`, `demo-model`, `templates`). It is looked for
/// at each call: what `set_data_folder` set; `$SIGHTLINE_DATA`; beside the executable and in the folders
/// around it; in the installation that the program was compiled against. The first two are final once they
/// are set. Errors: missing, with the folder that was set.
std::filesystem::path data_folder();
/// Takes precedence over every other place; an empty path takes it back. Thread-safe.
void set_data_folder(const std::filesystem::path& folder);

namespace detail {
/// Tells the library where its installed headers are: `header` is the path of `sightline/sightline.h`, a
/// string literal.
bool register_installation(const char* header);
}  // namespace detail

}  // namespace sightline
