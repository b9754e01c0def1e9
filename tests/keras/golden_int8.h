// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keras/golden_clip.h"
#include "sightline/keras.h"
#include "support/catch.h"

namespace sightline::testing {

/// A part of data/golden/keras/int8.json, which scripts/golden/keras_int8.py makes with Keras.
inline Json golden_int8(std::string_view part) {
  static const JsonDocument document(read_text(golden_path("keras/int8.json")), "int8.json");
  return document.root().at(part);
}

inline std::vector<Json> elements_of(const Json& list) {
  std::vector<Json> all;
  list.for_each_element([&](const Json& element) { all.push_back(element); });
  return all;
}

inline std::string path_below(const keras::Layer& layer, const keras::Variable& weight) {
  return weight.path().substr(layer.path().size() + 1);
}

inline std::vector<std::int64_t> elements_of(const keras::Variable& weight) {
  const Tensor value = weight.value();
  const std::int8_t* first = value.data<std::int8_t>();
  return {first, first + value.view<std::int8_t>().elements()};
}

/// The script's checksum of a matrix of integers.
inline std::int64_t weighted_sum(const std::vector<std::int64_t>& integers) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < integers.size(); ++i)
    sum += integers[i] * static_cast<std::int64_t>(i % 101 + 1);
  return sum;
}

inline void check_weight(const keras::Variable& weight, const Json& golden) {
  INFO(golden.at("path").as_string());
  CHECK(weight.shape() == Shape(std::span<const std::int64_t>(integers_of(golden.at("shape")))));
  CHECK(std::string(dtype_name(weight.dtype())) == golden.at("dtype").as_string());
  CHECK(weight.trainable() == golden.at("trainable").as_bool());
  if (weight.dtype() == DType::i8) CHECK(weighted_sum(elements_of(weight)) == golden.at("sum").as_integer());
}

}  // namespace sightline::testing
