// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/exact_precision.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/element_converter.h"

namespace sightline {
namespace {

bool is_exact_block(const StoredTensor& block) {
  const auto count = static_cast<std::size_t>(block.shape.elements());
  std::vector<float> values(count), back(count);
  std::vector<std::uint16_t> halves(count);
  to_float(block, values);
  float_to_f16(values, halves);
  f16_to_float(std::as_bytes(std::span(halves)), back);
  return std::equal(values.begin(), values.end(), back.begin());
}

}  // namespace

bool is_exact_in_f16(const Weights& weights, ThreadPool& pool) {
  std::atomic<bool> exact = true;
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    if (!is_floating(tensor.dtype) || tensor.dtype == DType::f16) continue;
    const TransientBytes bytes(tensor);
    pool.run(ElementConverter::blocks(tensor), [&](std::int64_t index, int) {
      if (exact && !is_exact_block(ElementConverter::block(tensor.dtype, bytes.view(), index))) exact = false;
    });
    if (!exact) return false;
  }
  return true;
}

}  // namespace sightline
