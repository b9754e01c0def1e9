// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "keras/example_layers.h"
#include "sightline/containers/json.h"
#include "support/golden.h"

namespace sightline::testing {

/// A part of data/golden/keras/keras_layers.json, which scripts/golden/keras_layers.py makes with Keras 3.15:
/// what Keras's own classes do.
inline Json keras_golden(std::string_view part) {
  static const JsonDocument document(read_text(golden_path("keras/keras_layers.json")), "keras_layers.json");
  return document.root().at(part);
}

inline std::vector<double> numbers(const Json& json) {
  std::vector<double> all;
  json.for_each_element([&](const Json& element) { all.push_back(element.as_double()); });
  return all;
}

inline std::vector<std::string> texts(const Json& json) {
  std::vector<std::string> all;
  json.for_each_element([&](const Json& element) { all.emplace_back(element.as_string()); });
  return all;
}

inline std::vector<double> doubles(std::span<const float> values) { return {values.begin(), values.end()}; }
inline std::vector<double> doubles(const Tensor& tensor) { return doubles(floats_of(tensor)); }

}  // namespace sightline::testing
