// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sightline::app {

/// Whether the name ends like that of a tar archive: .tar, .tar.gz, .tgz, .tar.zst, ..., in any case.
bool has_tar_extension(std::string_view path);

}  // namespace sightline::app
