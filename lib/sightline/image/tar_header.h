// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// Whether `file` begins with the header of a tar archive's first member: of POSIX or GNU tar by their magic,
/// of older ones by the checksum. Looks at no more than the first 512 bytes.
bool is_tar(ByteView file);
/// Whether the checksum says so: what images that happen to begin like this cannot be.
bool has_tar_checksum(ByteView file);

/// Errors: unsupported, always: a tar stands where an image is expected.
[[noreturn]] void fail_tar(std::string_view subject);

}  // namespace sightline
