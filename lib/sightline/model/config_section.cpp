// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_section.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sightline/base/error.h"

namespace sightline {

std::int64_t whole_number(const Json& value, std::int64_t low, std::int64_t high) {
  if (!value.is_integer()) fail(ErrorCode::range, value.path(), "is not an integer");
  return value.as_integer(low, high);
}

std::optional<Json> Section::find(std::string_view key) const {
  if (!object_) return std::nullopt;
  std::optional<Json> value = object_->find(key);
  if (value && value->is_null()) return std::nullopt;
  return value;
}

std::int64_t Section::integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                              std::int64_t high) const {
  const std::optional<Json> value = find(key);
  return value ? whole_number(*value, low, high) : fallback;
}

bool Section::boolean(std::string_view key, bool fallback) const {
  const std::optional<Json> value = find(key);
  return value ? value->as_bool() : fallback;
}

std::string Section::text(std::string_view key, std::string_view fallback) const {
  const std::optional<Json> value = find(key);
  return std::string(value ? value->as_string() : fallback);
}

double Section::positive(std::string_view key, double fallback) const {
  const std::optional<Json> value = find(key);
  if (!value) return fallback;
  const double number = value->as_double();
  if (!(number > 0) || !std::isfinite(number)) fail(ErrorCode::range, value->path(), "is not positive");
  return number;
}

double Section::fraction(std::string_view key, double fallback) const {
  const std::optional<Json> value = find(key);
  if (!value) return fallback;
  const double number = value->as_double();
  const auto rounded = static_cast<float>(number > 0 && number < 1 ? number : 0);
  if (!(rounded > 0 && rounded < 1)) fail(ErrorCode::range, value->path(), "is not between 0 and 1");
  return number;
}

std::int64_t Section::side(std::string_view key, std::int64_t fallback) const {
  const std::optional<Json> value = find(key);
  if (!value) return fallback;
  if (!value->is_array()) return whole_number(*value, 1, kMaxImage);
  std::int64_t side = 0;
  bool square = value->size() == 2;
  value->for_each_element([&](const Json& element) {
    const std::int64_t size = whole_number(element, 1, kMaxImage);
    square = square && (side == 0 || side == size);
    side = size;
  });
  if (!square) fail(ErrorCode::unsupported, value->path(), "is not square");
  return side;
}

void Section::channels(std::string_view key, ChannelValues accepted, float (&out)[3]) const {
  const std::optional<Json> value = find(key);
  if (!value) return;
  const auto accept = [&](const Json& number) {
    const double parsed = number.as_double();
    const bool fits_float = std::abs(parsed) <= static_cast<double>(std::numeric_limits<float>::max());
    const float channel = fits_float ? static_cast<float>(parsed) : 0.0F;
    if (!fits_float) fail(ErrorCode::range, number.path(), "does not fit in a float32");
    if (accepted == ChannelValues::positive && channel <= 0)
      fail(ErrorCode::range, number.path(), "is not positive as a float32");
    return channel;
  };
  if (value->is_number()) {
    std::fill(std::begin(out), std::end(out), accept(*value));
    return;
  }
  if (value->size() != 3)
    fail(ErrorCode::header, value->path(), "has " + std::to_string(value->size()) + " values, expected 3");
  std::size_t channel = 0;
  value->for_each_element([&](const Json& element) { out[channel++] = accept(element); });
}

Section Section::section(std::string_view key) const {
  const std::optional<Json> value = find(key);
  if (value && !value->is_object()) fail(ErrorCode::type, value->path(), "is not an object");
  return Section(value);
}

std::string Section::subject(std::string_view key) const {
  if (!object_) return std::string(key);
  const std::string path = object_->path();
  return path + (path.find(": ") == std::string::npos ? ": " : ".") + std::string(key);
}

std::int64_t scaled_width(std::int64_t width, double ratio, std::string_view subject) {
  const double scaled = static_cast<double>(width) * ratio;
  if (scaled < 1 || scaled > static_cast<double>(kMaxMlpWidth))
    fail(ErrorCode::range, subject,
         "gives an MLP width that is not between 1 and " + std::to_string(kMaxMlpWidth));
  return static_cast<std::int64_t>(scaled);
}

void check_heads(const EncoderConfig& config, std::string_view subject) {
  if (config.heads >= 1 && config.width % config.heads == 0) return;
  fail(ErrorCode::range, subject,
       "is " + std::to_string(config.heads) + ", which does not divide the width " +
           std::to_string(config.width));
}

void check_patch(const ImageTowerConfig& config, std::string_view subject) {
  if (config.patch_size <= config.image_size) return;
  fail(ErrorCode::range, subject,
       "is " + std::to_string(config.patch_size) + ", larger than the image size " +
           std::to_string(config.image_size));
}

std::string_view transformers_name(Activation activation) {
  switch (activation) {
    case Activation::none:
      return "linear";
    case Activation::quick_gelu:
      return "quick_gelu";
    case Activation::gelu:
      return "gelu";
    case Activation::gelu_tanh:
      break;
  }
  return "gelu_pytorch_tanh";
}

Activation activation_of(std::string_view name, std::string_view subject) {
  if (name == "quick_gelu") return Activation::quick_gelu;
  if (name == "gelu") return Activation::gelu;
  if (name == "gelu_pytorch_tanh") return Activation::gelu_tanh;
  fail(ErrorCode::unsupported, subject,
       "is \"" + std::string(name) + "\", expected \"quick_gelu\", \"gelu\" or \"gelu_pytorch_tanh\"");
}

}  // namespace sightline
