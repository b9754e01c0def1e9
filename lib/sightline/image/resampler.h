// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/image/resample_axis.h"
#include "sightline/image/resize_kernels.h"

namespace sightline {

/// A resampling of one picture, described on its stored rows and columns.
struct ResamplePlan {
  ResampleAxis columns;
  ResampleAxis rows;
  bool rows_first = false;  ///< which of the two passes comes first; each rounds to 8 bits, so it matters
  int channels = 3;         ///< 3 or 4
};

/// Both passes over rows that arrive one after the other, holding only the rows that outputs still need: a
/// 12-megapixel photo takes some hundred kilobytes. Not safe to share between threads.
class Resampler {
 public:
  explicit Resampler(ResamplePlan plan, SimdLevel level = best_simd_level());

  /// Rows are pushed in batches of this many, but for the last; kRowPadding bytes behind each must be
  /// readable.
  static constexpr int kBatch = 16;
  void push(const std::uint8_t* rows, std::size_t stride, int count);

  /// Row i of the output, columns.size() pixels; complete when all rows were pushed. Valid as long as this
  /// object.
  const std::uint8_t* output(std::int32_t i) const {
    return out_.data() + static_cast<std::size_t>(i) * out_stride_;
  }

 private:
  void emit();
  void emit_row(std::int32_t i);
  void flush();
  std::uint8_t* writable_output(std::int32_t i) {
    return out_.data() + static_cast<std::size_t>(i) * out_stride_;
  }

  ResamplePlan plan_;
  SimdLevel level_;
  std::int32_t first_row_;  // [first_row_, end_row_) of the source are needed
  std::int32_t end_row_;
  std::int32_t first_column_;  // likewise
  std::int32_t end_column_;
  PackedWeights column_weights_;
  PackedWeights row_weights_;
  WindowWeights windows_;

  std::int32_t pushed_ = 0;   // source rows seen
  std::int32_t emitted_ = 0;  // outputs done, in the order in which their sources arrive
  bool upwards_ = false;      // the last output comes first (a picture stored upside down)

  // Source rows (or what the horizontal pass made of them), row y in slot y modulo ring_rows_.
  std::int32_t ring_rows_;
  std::size_t ring_stride_;
  std::vector<std::uint8_t> ring_;
  std::vector<const std::uint8_t*> sources_;

  // rows_first: results of the vertical pass that wait for the horizontal one, four at a time.
  static constexpr std::int32_t kWaiting = 4;
  std::int32_t waiting_ = 0;
  std::vector<std::uint8_t> waiting_rows_;

  std::size_t out_stride_;
  std::vector<std::uint8_t> out_;
};

}  // namespace sightline
