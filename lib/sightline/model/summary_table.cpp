// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/summary_table.h"

#include <array>
#include <cstdio>

#include "sightline/model/summary_layers.h"

namespace sightline {
namespace {

constexpr std::size_t kShapeColumn = 44, kWidth = 78;

// Two decimals and a unit, in the format of Keras.
std::string size_text(std::int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  char text[48];
  std::snprintf(text, sizeof text, "%.2f %s", size, kUnits[unit]);
  return text;
}

}  // namespace

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), 1, ',');
  return text;
}

std::string summary_shape(const Shape& shape) {
  std::string text = "(";
  for (int axis = 0; axis < shape.rank(); ++axis)
    text += (axis > 0 ? ", " : "") + (shape[axis] == kAnySize ? "None" : std::to_string(shape[axis]));
  return text + ")";
}

SummaryTable::SummaryTable() {
  add_row("layer", "output shape", "parameters");
  add_rule();
}

void SummaryTable::add_row(std::string_view name, std::string_view shape, std::string_view count) {
  std::string line(name);
  line.append(line.size() < kShapeColumn ? kShapeColumn - line.size() : 1, ' ').append(shape);
  const std::size_t used = line.size() + count.size();
  if (!count.empty()) line.append(used < kWidth ? kWidth - used : 1, ' ').append(count);
  text_.append(line).append("\n");
}

void SummaryTable::add_rule() { text_.append(kWidth, '-').append("\n"); }

void SummaryTable::add_total(std::string_view title, std::int64_t count, std::int64_t bytes) {
  text_.append(title).append(": ").append(grouped(count)).append(" (").append(size_text(bytes)).append(")\n");
}

}  // namespace sightline
