// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/image/resample_axis.h"
#include "sightline/image/resize_kernels.h"

namespace sightline {

/// The resampling of one image in terms of its stored rows and columns.
struct ResamplePlan {
  ResampleAxis columns;
  ResampleAxis rows;
  bool rows_first = false;  ///< order of the two passes, which matters because each rounds to 8 bits
  int channels = 3;         ///< 3 or 4
};

/// Both passes over rows that arrive sequentially, holding only the rows that outputs still need: a few
/// hundred kilobytes for a 12-megapixel photo. Not safe to share between threads.
class Resampler {
 public:
  explicit Resampler(ResamplePlan plan, SimdLevel level = best_simd_level());

  /// Rows are pushed in batches of this size, except for the last batch; kRowPadding bytes after each row
  /// must be readable.
  static constexpr int kBatch = kRowBatch;
  void push(const std::uint8_t* rows, std::size_t stride, int count);

  /// Row i of the output, columns.size() pixels; complete after all rows were pushed. Valid as long as this
  /// object.
  const std::uint8_t* output(std::int32_t i) const {
    return out_.data() + static_cast<std::size_t>(i) * out_stride_;
  }

 private:
  HorizontalPass horizontal_pass();
  void emit();
  void emit_row(std::int32_t i);
  void flush();
  std::uint8_t* writable_output(std::int32_t i) {
    return out_.data() + static_cast<std::size_t>(i) * out_stride_;
  }

  ResamplePlan plan_;
  SimdLevel level_;
  std::int32_t first_row_;  // source rows [first_row_, end_row_) are needed
  std::int32_t end_row_;
  std::int32_t first_column_;  // the same for columns
  std::int32_t end_column_;
  PackedWeights row_weights_;
  ByteWeights byte_weights_;              // of the columns, for AVX-512
  std::vector<ByteColumn> byte_columns_;  // scratch memory for them
  PairWeights pair_weights_;              // of the columns, for AVX2
  std::vector<PairColumn> pair_columns_;  // scratch memory for them

  std::int32_t pushed_ = 0;     // source rows received
  std::int32_t completed_ = 0;  // completed outputs, in the order in which their sources arrive
  bool upwards_ = false;        // the last output is completed first (an image stored upside down)

  // Source rows (or the results of the horizontal pass), row y in slot y modulo ring_rows_.
  std::int32_t ring_rows_;
  std::size_t ring_stride_;
  std::vector<std::uint8_t> ring_;
  std::vector<const std::uint8_t*> sources_;

  // rows_first: results of the vertical pass that await the horizontal pass, a batch at a time.
  std::int32_t pending_ = 0;
  std::vector<std::uint8_t> pending_rows_;

  std::size_t out_stride_;
  std::vector<std::uint8_t> out_;
};

}  // namespace sightline
