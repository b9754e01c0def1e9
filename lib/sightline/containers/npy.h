// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sightline/files/file.h"

namespace sightline {

/// The contents of the header of an .npy file, validated against the size of the file.
struct NpyHeader {
  std::int64_t rows = 0, columns = 0;  ///< a one-dimensional array counts as one row
  std::int64_t data_offset = 0;        ///< byte offset of the data from the start of the file
  int element_size = 4;                ///< 2, 4 or 8: float16, float32 or float64, little-endian
};

/// Parses the header of a one- or two-dimensional float array in C order. `subject` is the name of the file
/// for messages. Errors: magic, truncated, header, range, limit, unsupported, type, duplicate, unsafe
/// (docs/formats.md lists the conditions). Source: numpy/lib/_format_impl.py, versions 1.0, 2.0 and 3.0.
NpyHeader parse_npy_header(ByteView file, std::string_view subject);

/// The header of an array [rows, columns] of float32 or, if `half`, float16 numbers: kNpyHeaderBytes bytes
/// for any size, so that the number of rows can be written last.
std::string npy_header(std::int64_t rows, std::int64_t columns, bool half);
inline constexpr std::size_t kNpyHeaderBytes = 128;

/// A two-dimensional .npy file, memory-mapped. Rows are converted when they are read, so the file may be
/// larger than memory. Thread-safety: const = safe to share.
class NpyFile {
 public:
  /// Errors: those of `MappedFile::open` and `parse_npy_header`.
  static NpyFile open(const std::string& path);

  std::int64_t rows() const { return header_.rows; }
  std::int64_t columns() const { return header_.columns; }
  /// "float16", "float32" or "float64".
  std::string_view dtype() const;
  const std::string& path() const { return file_->path(); }
  /// Errors: mismatch if the width of the rows differs from that of the model's embeddings.
  void require_columns(std::int64_t expected) const;
  /// Converts row `index` to float32 in `out` (columns() floats). Errors: corrupt, with the row, if a value
  /// is not finite.
  void read_row(std::int64_t index, std::span<float> out) const;
  /// The stored bytes of rows [first, first + count), which must exist: float16, float32 or float64 numbers,
  /// not checked. Valid as long as this object.
  ByteView rows_as_stored(std::int64_t first, std::int64_t count) const;
  /// Advisory: rows [first, first + count), which must exist, are not read again soon
  /// (`MappedFile::release`).
  void release_rows(std::int64_t first, std::int64_t count) const;

 private:
  std::shared_ptr<const MappedFile> file_;
  NpyHeader header_;
};

}  // namespace sightline
