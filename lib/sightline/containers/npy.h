// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sightline/files/file.h"

namespace sightline {

/// What the header of an .npy file says, checked against the bytes that are there.
struct NpyHeader {
  std::int64_t rows = 0, columns = 0;  ///< a one-dimensional array is one row
  std::int64_t data_offset = 0;        ///< in bytes from the start of the file
  int element_size = 4;                ///< 2, 4 or 8: float16, float32 or float64, little-endian
};

/// Reads the header of a one- or two-dimensional float array in C order. `subject` is the file's name for
/// messages. Errors: magic, truncated, header, range, limit, unsupported, type, duplicate, unsafe
/// (docs/formats.md says which when). Source: numpy/lib/_format_impl.py, versions 1.0, 2.0 and 3.0.
NpyHeader parse_npy_header(ByteView file, std::string_view subject);

/// A two-dimensional .npy file, mapped. Rows are converted as they are read, so a file larger than memory
/// works. Thread-safety: const = safe to share.
class NpyFile {
 public:
  /// Errors: those of `MappedFile::open` and `parse_npy_header`.
  static NpyFile open(const std::string& path);

  std::int64_t rows() const { return header_.rows; }
  std::int64_t columns() const { return header_.columns; }
  /// "float16", "float32" or "float64".
  std::string_view dtype() const;
  const std::string& path() const { return file_->path(); }
  /// Errors: mismatch when the rows have another width than the model's embeddings.
  void require_columns(std::int64_t expected) const;
  /// Row `index` as float32 into `out` (columns() floats). Errors: corrupt, with the row, when not finite.
  void read_row(std::int64_t index, std::span<float> out) const;

 private:
  std::shared_ptr<const MappedFile> file_;
  NpyHeader header_;
};

}  // namespace sightline
