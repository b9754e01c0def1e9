// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sightline/base/parallel.h"
#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// Converts elements from one type to another, one block at a time, in a buffer that is reused. Use one
/// object per thread.
class ElementConverter {
 public:
  static constexpr std::int64_t kBlock = 256 << 10;  ///< elements: 1 MiB of floats, 512 KiB of half-precision
                                                     ///< numbers

  /// Errors: type if elements of `from` cannot be converted to `to`: floating-point types convert to f32, f16
  /// or bf16; all others (and f64) stay unchanged.
  static void check_types(DType from, DType to, std::string_view name);

  /// Number of blocks of a tensor: kBlock elements each, with the remainder in the last one.
  static std::int64_t blocks(const StoredTensor& tensor);
  /// The block with this index of a tensor of this type stored in `bytes`.
  static StoredTensor block(DType dtype, ByteView bytes, std::int64_t index);

  /// Returns at most kBlock elements as `dtype`, with floats rounded to nearest even. Valid until the next
  /// call, or as long as the block's bytes. `name` is the name of the tensor for messages. Errors: corrupt
  /// for NaN and infinity; range for a finite number that becomes infinite.
  ByteView convert(const StoredTensor& block, DType dtype, std::string_view name);

 private:
  ByteView rounded(const StoredTensor& block, DType dtype);
  std::vector<float> floats_;
  std::vector<std::uint16_t> halves_;
};

/// All elements of a tensor as `dtype`, converted in several threads. Mapped pages of the tensor are
/// released. Errors: those of ElementConverter; std::bad_alloc.
std::vector<std::byte> convert_elements(const StoredTensor& tensor, DType dtype, std::string_view name,
                                        ThreadPool& pool);

}  // namespace sightline
