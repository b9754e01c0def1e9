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

}  // namespace sightline
