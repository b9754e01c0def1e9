// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/element_converter.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/weights.h"

namespace sightline {
namespace {

std::string_view limit_of(DType dtype) {
  if (dtype == DType::f16) return "the limit of float16 is 65504";
  return dtype == DType::bf16 ? "the limit of bfloat16 is 3.3895e38" : "the limit of float32 is 3.4028e38";
}

// Called for a block that contains values that are not finite after conversion.
[[noreturn]] void fail_not_finite(const StoredTensor& block, DType dtype, std::string_view name) {
  check_finite(name, block);
  const Tensor floats = to_float(block);
  const auto less = [](float a, float b) { return std::abs(a) < std::abs(b); };
  const float largest = *std::ranges::max_element(floats.view().flat(), less);
  std::string value;
  append_float(value, largest);
  if (!std::isfinite(largest)) value = "a larger number";
  fail(ErrorCode::range, name, "contains " + value + ", " + std::string(limit_of(dtype)));
}

}  // namespace

void ElementConverter::check_types(DType from, DType to, std::string_view name) {
  const bool same = from == to && to != DType::other;
  if (same || (is_floating(from) && is_floating(to) && to != DType::f64)) return;
  fail(ErrorCode::type, name,
       "cannot be converted from " + std::string(dtype_name(from)) + " to " + std::string(dtype_name(to)));
}

std::int64_t ElementConverter::blocks(const StoredTensor& tensor) {
  return (tensor.shape.elements() + kBlock - 1) / kBlock;
}

StoredTensor ElementConverter::block(DType dtype, ByteView bytes, std::int64_t index) {
  const std::int64_t width = size_of(dtype), begin = index * kBlock;
  const std::int64_t size = std::min(kBlock, std::ssize(bytes) / width - begin);
  return {dtype, Shape{size},
          bytes.subspan(static_cast<std::size_t>(begin * width), static_cast<std::size_t>(size * width))};
}

ByteView ElementConverter::convert(const StoredTensor& block, DType dtype, std::string_view name) {
  const ByteView bytes = dtype == block.dtype ? block.bytes() : rounded(block, dtype);
  if (!is_finite({dtype, block.shape, bytes})) fail_not_finite(block, dtype, name);
  return bytes;
}

ByteView ElementConverter::rounded(const StoredTensor& block, DType dtype) {
  const auto size = static_cast<std::size_t>(block.shape.elements());
  const float* in_place = block.as_float();
  if (in_place == nullptr) {
    floats_.resize(static_cast<std::size_t>(kBlock));
    to_float(block, {floats_.data(), size});
  }
  const std::span<const float> values(in_place == nullptr ? floats_.data() : in_place, size);
  if (dtype == DType::f32) return std::as_bytes(values);
  halves_.resize(static_cast<std::size_t>(kBlock));
  const std::span<std::uint16_t> halves(halves_.data(), size);
  dtype == DType::f16 ? float_to_f16(values, halves) : float_to_bf16(values, halves);
  return std::as_bytes(halves);
}

std::vector<std::byte> convert_elements(const StoredTensor& tensor, DType dtype, std::string_view name,
                                        ThreadPool& pool) {
  ElementConverter::check_types(tensor.dtype, dtype, name);
  const TransientBytes bytes(tensor);
  const std::int64_t size = size_of(dtype);
  std::vector<std::byte> elements(static_cast<std::size_t>(tensor.shape.elements() * size));
  std::vector<ElementConverter> converters(static_cast<std::size_t>(pool.size()));
  pool.run(ElementConverter::blocks(tensor), [&](std::int64_t index, int worker) {
    const StoredTensor block = ElementConverter::block(tensor.dtype, bytes.view(), index);
    const ByteView values = converters[static_cast<std::size_t>(worker)].convert(block, dtype, name);
    std::copy(values.begin(), values.end(), elements.begin() + index * ElementConverter::kBlock * size);
  });
  tensor.drop_pages();
  return elements;
}

}  // namespace sightline
