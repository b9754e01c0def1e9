// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/files/descriptor.h"

namespace sightline {

/// An open regular file and its size when it was opened.
struct RegularFile {
  Descriptor descriptor;
  std::int64_t size = 0;
};

/// Opens a file for reading without blocking. Errors: missing, io, limit (path too long), unsupported for
/// folders, FIFOs, sockets and devices.
RegularFile open_regular(const std::string& path);

}  // namespace sightline
