#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sightline/io/file.h"

namespace sightline {

/// A two-dimensional .npy file, mapped. Rows are converted as they are read, so a file larger than memory works.
class NpyFile {
 public:
  /// Errors: magic, truncated, header, range, limit, unsupported, type, duplicate, unsafe (docs/formats.md).
  static NpyFile open(const std::string& path);

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  /// Row `index` as float32 into `out` (columns() floats). Errors: corrupt, with the row, when not finite.
  void read_row(std::int64_t index, std::span<float> out) const;

 private:
  std::shared_ptr<const MappedFile> file_;
  std::int64_t rows_ = 0, columns_ = 0, data_offset_ = 0;
  int element_size_ = 4;
};

}  // namespace sightline
