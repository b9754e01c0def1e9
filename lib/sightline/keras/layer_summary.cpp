// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/error.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/variable_access.h"
#include "sightline/model/summary_table.h"

namespace sightline::keras {
namespace {

constexpr const char* kUnknown = "?";

// Known when the layer was built and says what follows from the shape of its (first) input.
std::string output_shape_text(const Layer& layer) {
  const LayerConfig config = layer.get_build_config();
  const char* key = config.contains("input_shape") ? "input_shape" : "input_shape_0";
  if (!config.contains(key)) return kUnknown;
  try {
    const auto sizes = config_value<std::vector<std::int64_t>>(config, key);
    return summary_shape(layer.compute_output_shape(Shape(std::span<const std::int64_t>(sizes))));
  } catch (const Error&) {
    return kUnknown;
  }
}

void append_layer(SummaryTable& table, const Layer& layer, const SummaryOptions& options, int level) {
  const std::string indent(static_cast<std::size_t>(level) * 2, ' ');
  table.add_row(indent + layer.name(), output_shape_text(layer),
                layer.built() ? grouped(layer.count_params()) : kUnknown);
  if (options.with_weights) {
    for (const Variable* weight : layer.own_weights()) {
      table.add_row(indent + "  . " + weight->path(),
                    to_string(weight->shape()) + " " + std::string(dtype_name(weight->dtype())), "");
    }
  }
  if (level >= options.depth) return;
  for (const Layer* child : layer.sublayers()) append_layer(table, *child, options, level + 1);
}

void append_total(SummaryTable& table, std::string_view title, const std::vector<const Variable*>& weights) {
  std::int64_t count = 0, bytes = 0;
  for (const Variable* weight : weights) {
    count += weight->shape().elements();
    bytes += VariableAccess::stored(*weight).byte_size();
  }
  table.add_total(title, count, bytes);
}

}  // namespace

std::string Layer::summary(const SummaryOptions& options) const {
  SummaryTable table;
  append_layer(table, *this, options, 0);
  table.add_rule();
  append_total(table, "Total params", weights());
  append_total(table, "Trainable params", trainable_weights());
  append_total(table, "Non-trainable params", non_trainable_weights());
  return table.text();
}

}  // namespace sightline::keras
