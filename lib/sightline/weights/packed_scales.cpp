// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/packed_scales.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/ops/int8_panels.h"

namespace sightline {
namespace {

constexpr std::int32_t kLargest = 127;

template <class Number>
std::vector<Number> numbers_of(ByteView bytes) {
  std::vector<Number> numbers(bytes.size() / sizeof(Number));
  std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(Number));
  return numbers;
}

void check_range(std::span<const float> values, float least, float most, const std::string& name) {
  for (const float value : values) {
    if (value >= least && value <= most) continue;
    if (!std::isfinite(value))
      fail(ErrorCode::corrupt, name, "contains a NaN or an infinity, expected finite numbers");
    std::string problem = "contains ";
    append_float(problem, value);
    problem += ", expected ";
    append_float(problem, least);
    problem += " to ";
    append_float(problem, most);
    fail(ErrorCode::range, name, problem);
  }
}

void check_range(std::span<const std::int32_t> sums, std::int64_t inputs, const std::string& name) {
  const std::int64_t most = kLargest * inputs;
  for (const std::int64_t sum : sums) {
    if (std::abs(sum) <= most) continue;
    fail(ErrorCode::range, name,
         "contains " + std::to_string(sum) + ", expected at most " + std::to_string(most) +
             " in size, the sum of " + std::to_string(inputs) + " integers up to 127");
  }
}

}  // namespace

void PackedScales::add(const PackedPart& part, ByteView bytes) {
  constexpr float kMost = std::numeric_limits<float>::max();
  Matrix& matrix = matrices_[part.tensor->name];
  switch (part.field) {
    case PackedField::values:
      return;
    case PackedField::scales:
      matrix.columns = numbers_of<float>(bytes);
      return check_range(matrix.columns, 0, kMost, part.name);
    case PackedField::factors:
      matrix.inputs = numbers_of<float>(bytes);
      return check_range(matrix.inputs, kMinFactor, kMaxFactor, part.name);
    case PackedField::sums:
      matrix.sums = numbers_of<std::int32_t>(bytes);
      const Shape& shape = part.tensor->shape;
      return check_range(matrix.sums, shape.elements() / std::max<std::int64_t>(1, shape[0]), part.name);
  }
}

PanelScales PackedScales::of(std::string_view tensor) const {
  const auto at = matrices_.find(tensor);
  if (at == matrices_.end()) return {};
  return {at->second.columns, at->second.sums, at->second.inputs};
}

void check_sums(std::string_view name, const StoredPanels& panels) {
  const PanelLayout& layout = panels.layout;
  for (std::int64_t index = 0; index < layout.count(); ++index) {
    const std::int64_t width = layout.width(index), group = layout.group();
    const std::byte* bytes = panels.bytes.data() + layout.offset(index);
    std::int32_t sums[PanelLayout::kColumns] = {};
    for (std::int64_t row = 0; row < layout.padded_in() / group; ++row) {
      for (std::int64_t i = 0; i < width * group; ++i) {
        const std::int32_t value = std::to_integer<std::int8_t>(*bytes++);
        if (value < -kLargest)
          fail(ErrorCode::corrupt, name, "contains the integer -128, expected -127 to 127");
        sums[i / group] += value;
      }
    }
    for (std::int64_t n = 0; n < layout.columns(index); ++n) {
      const std::int64_t column = index * PanelLayout::kColumns + n;
      const std::int32_t stated = panels.scales.sums[static_cast<std::size_t>(column)];
      if (sums[n] == stated) continue;
      fail(ErrorCode::corrupt, name,
           "has integers with the sum " + std::to_string(sums[n]) + " for output " + std::to_string(column) +
               ", but its sums state " + std::to_string(stated));
    }
  }
}

}  // namespace sightline
