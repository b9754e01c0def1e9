// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/summary.h"

#include <array>
#include <cstdio>

namespace sightline {
namespace {

constexpr std::size_t kShapeColumn = 44, kWidth = 78;
constexpr std::int64_t kAny = -1;  // a size that a call decides

// "151,277,313"
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), 1, ',');
  return text;
}

// Two decimals and a unit, as Keras writes it.
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
    text += (axis > 0 ? ", " : "") + (shape[axis] == kAny ? "None" : std::to_string(shape[axis]));
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
  explicit Table(const SummaryOptions& options) : options_(options) {
    append_row(text, "layer", "output shape", "parameters");
    text.append(kWidth, '-').append("\n");
  }

  /// A layer that is given `input`, and what it is made of.
  void add(const Layer& layer, const Shape& input, int level) {
    const std::string indent(static_cast<std::size_t>(level) * 2, ' ');
    append_row(text, indent + layer.name(), shape_text(layer.compute_output_shape(input)),
               grouped(layer.count_params()));
    if (options_.with_weights) {
      for (const Variable* weight : layer.own_weights()) {
        append_row(text, indent + "  . " + weight->path(),
                   to_string(weight->shape()) + " " + std::string(dtype_name(weight->dtype())), "");
      }
    }
    if (level + 1 >= options_.depth) return;
    const std::vector<Shape> inputs = layer.sublayer_inputs(input);
    for (std::size_t i = 0; i < inputs.size(); ++i) add(*layer.sublayers()[i], inputs[i], level + 1);
  }

  std::string text;

 private:
  SummaryOptions options_;
};

void append_total(std::string& out, std::string_view title, const std::vector<const Variable*>& weights) {
  std::int64_t count = 0, bytes = 0;
  for (const Variable* weight : weights) {
    count += weight->shape().elements();
    bytes += weight->tensor().byte_size();
  }
  out.append(title).append(": ").append(grouped(count)).append(" (").append(size_text(bytes)).append(")\n");
}

}  // namespace

std::string summary(const CLIP& model, const SummaryOptions& options) {
  const CLIPConfig& config = model.config();
  const std::int64_t side = config.vision.image_size;
  Table table(options);
  const std::array<const Layer*, 3> parts = {&model.image_encoder(), &model.text_encoder(), &model.head()};
  const std::array<Shape, 3> inputs = {Shape{kAny, config.vision.channels, side, side},
                                       Shape{kAny, config.text.context_length},
                                       Shape{kAny, config.projection_dim}};
  for (std::size_t i = 0; i < parts.size(); ++i) table.add(*parts[i], inputs[i], 0);
  table.text.append(kWidth, '-').append("\n");
  append_total(table.text, "Total params", model.weights());
  append_total(table.text, "Trainable params", model.trainable_weights());
  append_total(table.text, "Non-trainable params", model.non_trainable_weights());
  return table.text;
}

}  // namespace sightline
