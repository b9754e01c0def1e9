// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "sightline/image/codec.h"
#include "sightline/image/png_chunks.h"

namespace sightline {

/// The rows of a PNG, decoded by libpng. It reads every file that `PngRows` cannot read, and decides which
/// of them are damaged. Not safe to share between threads.
class PngLibraryRows {
 public:
  /// `layout` must outlive this object. Errors: corrupt, truncated; limit if the image is interlaced and
  /// exceeds the memory of `limits`.
  PngLibraryRows(const PngLayout& layout, const ImageLimits& limits);
  ~PngLibraryRows();

  /// The samples of the next row, valid until the next call; samples below 8 bits have a byte each. Errors:
  /// corrupt, truncated.
  const std::uint8_t* next();
  /// Call after the last row: reports libpng's first warning.
  void finish(ImageWarnings* warnings) const;

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace sightline
