// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>

#include "sightline/base/error.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/variable_access.h"

namespace sightline::keras {
namespace {

constexpr std::size_t kShapeColumn = 44, kWidth = 78;
constexpr std::int64_t kAny = -1;  // a size that a call decides
constexpr const char* kUnknown = "?";

// "151,277,313"
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), 1, ',');
  return text;
}

// Two decimals and a unit, as Keras writes it.
std::string size_text(std::int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  char text[48];
  std::snprintf(text, sizeof text, "%.2f %s", size, kUnits[unit]);
  return text;
}

std::string shape_text(const Shape& shape) {
  std::string text = "(";
  for (int axis = 0; axis < shape.rank(); ++axis)
    text += (axis > 0 ? ", " : "") + (shape[axis] == kAny ? "None" : std::to_string(shape[axis]));
  return text + ")";
}

// Known when the layer was built and says what follows from the shape of its (first) input.
std::string output_shape_text(const Layer& layer) {
  const LayerConfig config = layer.get_build_config();
  const char* key = config.contains("input_shape") ? "input_shape" : "input_shape_0";
  if (!config.contains(key)) return kUnknown;
  try {
    const auto sizes = config_value<std::vector<std::int64_t>>(config, key);
    return shape_text(layer.compute_output_shape(Shape(std::span<const std::int64_t>(sizes))));
  } catch (const Error&) {
    return kUnknown;
  }
}

void append_row(std::string& out, std::string_view name, std::string_view shape, std::string_view count) {
  std::string line(name);
  line.append(line.size() < kShapeColumn ? kShapeColumn - line.size() : 1, ' ').append(shape);
  const std::size_t used = line.size() + count.size();
  if (!count.empty()) line.append(used < kWidth ? kWidth - used : 1, ' ').append(count);
  out.append(line).append("\n");
}

void append_layer(std::string& out, const Layer& layer, const SummaryOptions& options, int level) {
  const std::string indent(static_cast<std::size_t>(level) * 2, ' ');
  append_row(out, indent + layer.name(), output_shape_text(layer),
             layer.built() ? grouped(layer.count_params()) : kUnknown);
  if (options.with_weights) {
    for (const Variable* weight : layer.own_weights()) {
      append_row(out, indent + "  . " + weight->path(),
                 to_string(weight->shape()) + " " + std::string(dtype_name(weight->dtype())), "");
    }
  }
  if (level >= options.depth) return;
  for (const Layer* child : layer.sublayers()) append_layer(out, *child, options, level + 1);
}

void append_total(std::string& out, std::string_view title, const std::vector<const Variable*>& weights) {
  std::int64_t count = 0, bytes = 0;
  for (const Variable* weight : weights) {
    count += weight->shape().elements();
    bytes += VariableAccess::stored(*weight).byte_size();
  }
  out.append(title).append(": ").append(grouped(count)).append(" (").append(size_text(bytes)).append(")\n");
}

}  // namespace

std::string Layer::summary(const SummaryOptions& options) const {
  std::string out;
  append_row(out, "layer", "output shape", "parameters");
  out.append(kWidth, '-').append("\n");
  append_layer(out, *this, options, 0);
  out.append(kWidth, '-').append("\n");
  append_total(out, "Total params", weights());
  append_total(out, "Trainable params", trainable_weights());
  append_total(out, "Non-trainable params", non_trainable_weights());
  return out;
}

}  // namespace sightline::keras
