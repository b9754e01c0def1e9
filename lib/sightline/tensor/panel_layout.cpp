// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/panel_layout.h"

#include <cstring>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// Number of inputs that stand side by side; 0 if there are no panels of this type.
std::int64_t group_of(DType element) {
  switch (element) {
    case DType::f32:
    case DType::f16:
      return 1;
    case DType::bf16:
      return 2;
    case DType::i8:
      return 4;
    default:
      return 0;
  }
}

std::int64_t checked_group(DType element) {
  if (group_of(element) == 0) {
    fail(ErrorCode::type, "panels",
         "have dtype " + std::string(dtype_name(element)) + ", expected float32, float16, bfloat16 or int8");
  }
  return group_of(element);
}

template <class Element>
void copy_rows(const PanelLayout& layout, const std::byte* panels, std::byte* rows) {
  for (std::int64_t n = 0; n < layout.out(); ++n) {
    for (std::int64_t k = 0; k < layout.in(); ++k, rows += sizeof(Element)) {
      std::memcpy(rows, panels + layout.position(n, k) * static_cast<std::int64_t>(sizeof(Element)),
                  sizeof(Element));
    }
  }
}

}  // namespace

bool PanelLayout::supports(DType element) { return group_of(element) != 0; }

PanelLayout::PanelLayout(DType element, std::int64_t out, std::int64_t in)
    : element_(element), out_(out), in_(in), group_(checked_group(element)), padded_in_(0) {
  if (out < 1 || in < 1) {
    fail(ErrorCode::range, "panels",
         "are of a matrix [" + std::to_string(out) + ", " + std::to_string(in) + "], expected sizes above 0");
  }
  constexpr std::int64_t kMaxSize = std::int64_t{1} << 31;
  if (out > kMaxSize || in > kMaxSize) {
    fail(ErrorCode::range, "panels",
         "are of a matrix [" + std::to_string(out) + ", " + std::to_string(in) +
             "], expected sizes up to 2^31");
  }
  padded_in_ = (in + group_ - 1) / group_ * group_;
  const std::int64_t columns = (out + kStep - 1) / kStep * kStep;
  checked_mul(checked_mul(columns, padded_in_, "panels"), size_of(element), "panels");
}

void PanelScales::check(const PanelLayout& layout) const {
  const bool quantized = layout.element() == DType::i8;
  const std::int64_t expected = quantized ? layout.out() : 0;
  if (std::ssize(columns) != expected || std::ssize(sums) != expected ||
      (!inputs.empty() && std::ssize(inputs) != (quantized ? layout.in() : 0))) {
    fail(ErrorCode::mismatch, "panels",
         "have scales for " + std::to_string(columns.size()) + " outputs, sums for " +
             std::to_string(sums.size()) + " and factors for " + std::to_string(inputs.size()) +
             " inputs, which are not those of " + std::string(dtype_name(layout.element())) + " panels [" +
             std::to_string(layout.out()) + ", " + std::to_string(layout.in()) + "]");
  }
  if (quantized && layout.in() > kMaxInputs) {
    fail(ErrorCode::range, "panels",
         "have " + std::to_string(layout.in()) + " inputs, expected at most " + std::to_string(kMaxInputs) +
             " for int8");
  }
}

void panels_to_rows(const PanelLayout& layout, ByteView panels, std::span<std::byte> rows) {
  const std::int64_t size = size_of(layout.element());
  if (std::ssize(panels) != layout.byte_size() || std::ssize(rows) != layout.out() * layout.in() * size) {
    fail(ErrorCode::mismatch, "panels",
         "have " + std::to_string(panels.size()) + " bytes for " + std::to_string(rows.size()) +
             " bytes of rows, expected " + std::to_string(layout.byte_size()) + " for " +
             std::to_string(layout.out() * layout.in() * size));
  }
  switch (size) {
    case 4:
      return copy_rows<std::uint32_t>(layout, panels.data(), rows.data());
    case 2:
      return copy_rows<std::uint16_t>(layout, panels.data(), rows.data());
    default:
      return copy_rows<std::uint8_t>(layout, panels.data(), rows.data());
  }
}

float dequantized(const PanelLayout& layout, ByteView panels, const PanelScales& scales, std::int64_t n,
                  std::int64_t k) {
  const auto stored = std::to_integer<std::int8_t>(panels[static_cast<std::size_t>(layout.position(n, k))]);
  const float weight = scales.columns[static_cast<std::size_t>(n)] * static_cast<float>(stored);
  return scales.inputs.empty() ? weight : weight * scales.inputs[static_cast<std::size_t>(k)];
}

}  // namespace sightline
