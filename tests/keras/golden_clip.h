// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/containers/json.h"
#include "sightline/keras.h"
#include "support/golden.h"

namespace sightline::testing {

/// data/golden/keras/clip.json: what KerasCV's layers are and compute (scripts/golden/keras_clip.py).
inline const JsonDocument& golden_clip() {
  static const JsonDocument document(read_text(golden_path("keras/clip.json")), "clip.json");
  return document;
}

/// The entry of a class.
inline Json golden_layer(std::string_view class_name) {
  std::vector<Json> found;
  golden_clip().root().at("layers").for_each_element([&](const Json& layer) {
    if (layer.at("class").as_string() == class_name) found.push_back(layer);
  });
  return found.at(0);
}

inline std::vector<std::int64_t> integers_of(const Json& list) {
  std::vector<std::int64_t> values;
  list.for_each_element([&](const Json& value) { values.push_back(value.as_integer()); });
  return values;
}

inline std::vector<float> floats_of(const Json& list) {
  std::vector<float> values;
  list.for_each_element([&](const Json& value) { values.push_back(static_cast<float>(value.as_double())); });
  return values;
}

inline std::vector<std::string> names_of(const Json& list) {
  std::vector<std::string> names;
  list.for_each_element([&](const Json& name) { names.emplace_back(name.as_string()); });
  return names;
}

inline Shape shape_of(const Json& list) { return Shape(std::span<const std::int64_t>(integers_of(list))); }

/// The formula of the script.
inline Tensor golden_values(std::int64_t t, const Shape& shape, double scale, float around = 0) {
  Tensor values(shape);
  for (std::int64_t i = 0; i < values.view().elements(); ++i) {
    const std::int64_t k = i % 37;
    values.data()[i] = around + static_cast<float>(static_cast<double>((k * k + 11 * t) % 127 - 63) * scale);
  }
  return values;
}

/// Rows of ids, or of a mask, as a tensor [rows, length].
inline Tensor golden_rows(const Json& rows, DType dtype) {
  std::vector<std::int64_t> all;
  rows.for_each_element([&](const Json& row) {
    for (const std::int64_t value : integers_of(row)) all.push_back(value);
  });
  Tensor tensor(Shape{rows.size(), static_cast<std::int64_t>(all.size()) / rows.size()}, dtype);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (dtype == DType::boolean) {
      tensor.data<bool>()[i] = all[i] != 0;
    } else {
      tensor.data<std::int32_t>()[i] = static_cast<std::int32_t>(all[i]);
    }
  }
  return tensor;
}

}  // namespace sightline::testing
