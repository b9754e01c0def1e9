// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/summary.h"

#include "sightline/base/error.h"
#include "sightline/model/summary_layers.h"
#include "sightline/model/summary_table.h"

namespace sightline {
namespace {

class Rows {
 public:
  Rows(const Weights& weights, const SummaryOptions& options) : weights_(weights), options_(options) {}

  void add(const SummaryLayer& layer, int level) {
    const std::string indent(static_cast<std::size_t>(level) * 2, ' ');
    table.add_row(indent + layer.name, summary_shape(layer.output), grouped(parameters(layer)));
    if (options_.with_weights) {
      const std::string mark = indent + "  . ";
      for (const std::string& name : layer.weights) {
        const StoredTensor& weight = weight_of(name);
        table.add_row(mark + name, to_string(weight.shape) + " " + std::string(dtype_name(weight.dtype)), "");
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

  SummaryTable table;

 private:
  const StoredTensor& weight_of(const std::string& name) const {
    const StoredTensor* weight = weights_.find(name);
    if (weight == nullptr) fail(ErrorCode::missing, name, "is not in the weights");
    return *weight;
  }

  const Weights& weights_;
  SummaryOptions options_;
};

}  // namespace

std::string summary(const ModelConfig& config, const Weights& weights, const SummaryOptions& options) {
  Rows rows(weights, options);
  std::int64_t count = 0, bytes = 0;
  for (const SummaryLayer& layer : summary_layers(config)) {
    rows.add(layer, 0);
    count += rows.parameters(layer);
    bytes += rows.bytes(layer);
  }
  rows.table.add_rule();
  rows.table.add_total("Total params", count, bytes);
  rows.table.add_total("Trainable params", count, bytes);  // all are trainable after loading, as in Keras
  rows.table.add_total("Non-trainable params", 0, 0);
  return rows.table.text();
}

}  // namespace sightline
