// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_gguf.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/config_section.h"
#include "sightline/model/config_shapes.h"

namespace sightline {
namespace {

/// The keys of a GGUF file; values are decimal numbers or text.
class Keys {
 public:
  explicit Keys(const Weights& weights) : metadata_(weights.metadata()) {}

  std::optional<std::string_view> find(const std::string& key) const {
    const auto at = metadata_.find(key);
    if (at == metadata_.end()) return std::nullopt;
    return at->second;
  }

  std::int64_t integer(const std::string& key, std::int64_t high) const {
    const std::string_view text = required(key);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > high)
      fail_value(key, text, "an integer from 1 to " + std::to_string(high));
    return value;
  }

  double fraction(const std::string& key) const {
    const std::string_view text = required(key);
    const std::optional<double> value = number(text);
    if (!value || !(*value > 1e-30 && *value < 0.999)) fail_value(key, text, "a number between 0 and 1");
    return *value;
  }

  /// Three numbers separated by commas or spaces; `out` is left unchanged if the key is absent.
  void channels(const std::string& key, float (&out)[3]) const {
    std::optional<std::string_view> rest = find(key);
    if (!rest) return;
    const std::string_view text = *rest;
    for (float& value : out) {
      const std::size_t begin = std::min(rest->find_first_not_of(", []"), rest->size());
      rest->remove_prefix(begin);
      const std::string_view item = rest->substr(0, rest->find_first_of(", []"));
      rest->remove_prefix(item.size());
      const std::optional<double> parsed = number(item);
      if (!parsed || !(std::abs(*parsed) < 1e30)) fail_value(key, text, "three numbers");
      value = static_cast<float>(*parsed);
    }
    if (rest->find_first_not_of(", []") != std::string_view::npos) fail_value(key, text, "three numbers");
  }

 private:
  static std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  }

  std::string_view required(const std::string& key) const {
    const std::optional<std::string_view> value = find(key);
    if (!value) fail(ErrorCode::missing, key, "is missing from the metadata of the file");
    return *value;
  }

  [[noreturn]] static void fail_value(const std::string& key, std::string_view text,
                                      const std::string& expected) {
    fail(ErrorCode::range, key, "is '" + std::string(text) + "', expected " + expected);
  }

  const std::map<std::string, std::string>& metadata_;
};

void read_tower(const Keys& keys, const std::string& tower, EncoderConfig& config) {
  const std::string heads = tower + ".attention.head_count";
  config.heads = keys.integer(heads, kMaxWidth);
  check_heads(config, heads);
  config.epsilon = static_cast<float>(keys.fraction(tower + ".attention.layer_norm_epsilon"));
}

bool uses_gelu(const Keys& keys) {
  const std::optional<std::string_view> value = keys.find("clip.use_gelu");
  if (!value) fail(ErrorCode::missing, "clip.use_gelu", "is missing from the metadata of the file");
  return *value == "true" || *value == "1";
}

// The converter's options --text-only and --vision-only write a file with one tower.
void check_both_towers(const Keys& keys) {
  for (const char* key : {"clip.has_text_encoder", "clip.has_vision_encoder"}) {
    const std::optional<std::string_view> value = keys.find(key);
    if (value && *value != "true")
      fail(ErrorCode::unsupported, key, "is false, expected true; the file contains only one tower");
  }
}

}  // namespace

ModelConfig gguf_config(const Weights& weights) {
  const Keys keys(weights);
  check_both_towers(keys);
  ModelConfig config = config_from_shapes(weights);
  read_tower(keys, "clip.vision", config.vision.encoder);
  read_tower(keys, "clip.text", config.text.encoder);
  const Activation activation = uses_gelu(keys) ? Activation::gelu : Activation::quick_gelu;
  config.vision.encoder.activation = config.text.encoder.activation = activation;

  const std::int64_t image = keys.integer("clip.vision.image_size", kMaxImage);
  if (image / config.vision.patch_size != config.vision.image_size / config.vision.patch_size) {
    fail(ErrorCode::mismatch, "clip.vision.image_size",
         "is " + std::to_string(image) + ", but the position embedding is for images of size " +
             std::to_string(config.vision.image_size));
  }
  config.vision.image_size = image;
  return config;
}

PreprocessorConfig gguf_preprocessor(const Weights& weights, std::int64_t image_size) {
  const Keys keys(weights);
  PreprocessorConfig config = PreprocessorConfig::defaults(image_size);
  keys.channels("clip.vision.image_mean", config.mean);
  keys.channels("clip.vision.image_std", config.std);
  for (const float std : config.std) {
    if (!(std > 0)) fail(ErrorCode::range, "clip.vision.image_std", "contains a number that is not positive");
  }
  return config;
}

}  // namespace sightline
