// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/summary.h"

#include <array>
#include <cstdio>

#include "sightline/base/error.h"
#include "sightline/model/summary_layers.h"

namespace sightline {
namespace {

constexpr std::size_t kShapeColumn = 44, kWidth = 78;

// "151,277,313"
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), 1, ',');
  return text;
}

// Two decimals and a unit, in the format of Keras.
std::string size_text(std::int64_t bytes) {
  constexpr std::array<const char*, 4> kUnits = {"B", "KB", "MB", "GB"};
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
    text += (axis > 0 ? ", " : "") + (shape[axis] == kAnySize ? "None" : std::to_string(shape[axis]));
  return text + ")";
}

void append_row(std::string& out, std::string_view name, std::string_view shape, std::string_view count) {
  std::string line(name);
  line.append(line.size() < kShapeColumn ? kShapeColumn - line.size() : 1, ' ').append(shape);
  const std::size_t used = line.size() + count.size();
  if (!count.empty()) line.append(used < kWidth ? kWidth - used : 1, ' ').append(count);
  out.append(line).append("\n");
}

class Table {
 public:
  Table(const Weights& weights, const SummaryOptions& options) : weights_(weights), options_(options) {
    append_row(text, "layer", "output shape", "parameters");
    text.append(kWidth, '-').append("\n");
  }

  void add(const SummaryLayer& layer, int level) {
    const std::string indent(static_cast<std::size_t>(level) * 2, ' ');
    append_row(text, indent + layer.name, shape_text(layer.output), grouped(parameters(layer)));
    if (options_.with_weights) {
      for (const std::string& name : layer.weights) {
        const StoredTensor& weight = weight_of(name);
        append_row(text, indent + "  . " + name,
                   to_string(weight.shape) + " " + std::string(dtype_name(weight.dtype)), "");
      }
    }
    if (level + 1 >= options_.depth) return;
    for (const SummaryLayer& part : layer.layers) add(part, level + 1);
  }

  std::int64_t parameters(const SummaryLayer& layer) const {
    std::int64_t count = 0;
    for (const std::string& name : layer.weights) count += weight_of(name).shape.elements();
    for (const SummaryLayer& part : layer.layers) count += parameters(part);
    return count;
  }
  std::int64_t bytes(const SummaryLayer& layer) const {
    std::int64_t count = 0;
    for (const std::string& name : layer.weights) count += weight_of(name).byte_size();
    for (const SummaryLayer& part : layer.layers) count += bytes(part);
    return count;
  }

  std::string text;

 private:
  const StoredTensor& weight_of(const std::string& name) const {
    const StoredTensor* weight = weights_.find(name);
    if (weight == nullptr) fail(ErrorCode::missing, name, "is not in the weights");
    return *weight;
  }

  const Weights& weights_;
  SummaryOptions options_;
};

void append_total(std::string& out, std::string_view title, std::int64_t count, std::int64_t bytes) {
  out.append(title).append(": ").append(grouped(count)).append(" (").append(size_text(bytes)).append(")\n");
}

}  // namespace

std::string summary(const CLIPConfig& config, const Weights& weights, const SummaryOptions& options) {
  Table table(weights, options);
  std::int64_t count = 0, bytes = 0;
  for (const SummaryLayer& layer : summary_layers(config)) {
    table.add(layer, 0);
    count += table.parameters(layer);
    bytes += table.bytes(layer);
  }
  table.text.append(kWidth, '-').append("\n");
  append_total(table.text, "Total params", count, bytes);
  append_total(table.text, "Trainable params", count, bytes);  // all are trainable after loading, as in Keras
  append_total(table.text, "Non-trainable params", 0, 0);
  return table.text;
}

}  // namespace sightline
