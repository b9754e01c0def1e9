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

/// Whether a FIFO given by name may be opened.
enum class Fifos { refuse, accept };

/// An open regular file or FIFO.
struct OpenFile {
  Descriptor descriptor;
  bool is_regular = true;
  std::int64_t size = 0;  ///< of a regular file when it was opened
};
/// As `open_regular`; does not wait for the writer of a FIFO. Errors: as `open_regular`.
OpenFile open_file(const std::string& path, Fifos fifos);

}  // namespace sightline
