// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// Elements of one type on their way into another, a block at a time, always in the same memory. One
/// thread's.
class ElementConverter {
 public:
  static constexpr std::int64_t kBlock = 256 << 10;  ///< elements: 1 MiB of floats, 512 KiB of halves

  /// Errors: type when elements of `from` cannot become `to`: floating-point ones become f32, f16 or bf16,
  /// all others (and f64) stay as they are.
  static void check_types(DType from, DType to, std::string_view name);

  /// How many blocks a tensor has: kBlock elements each, the last one what is left.
  static std::int64_t blocks(const StoredTensor& tensor);
  /// The block of this index of a tensor of this type that lies in `bytes`.
  static StoredTensor block(DType dtype, ByteView bytes, std::int64_t index);

  /// At most kBlock elements as `dtype`, floats rounded to nearest even. Valid until the next call, or as
  /// long as the block's bytes. `name` is the tensor's, for messages. Errors: corrupt for NaN and infinity;
  /// range for a finite number that becomes infinite.
  ByteView convert(const StoredTensor& block, DType dtype, std::string_view name);

 private:
  ByteView rounded(const StoredTensor& block, DType dtype);
  std::vector<float> floats_;
  std::vector<std::uint16_t> halves_;
};

}  // namespace sightline
