// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// Whether `file` starts with the header of a tar member: POSIX and GNU tar are recognised by their magic,
/// older archives by the checksum. Reads at most the first 512 bytes.
bool is_tar(ByteView file);
/// Whether the checksum identifies a tar header, which an image with similar first bytes cannot satisfy.
bool has_tar_checksum(ByteView file);

/// Always throws unsupported: the input is a tar archive instead of an image.
[[noreturn]] void fail_tar(std::string_view subject);

}  // namespace sightline
