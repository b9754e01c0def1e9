// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "keras/golden_int8.h"
#include "keras/small_clip.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("quantize: CLIP has the weights of KerasCV's, byte for byte, and its logit", "[keras][golden]") {
  const Json golden = golden_int8("clip"), unquantized = golden_layer("CLIP");
  const auto size = [&](const char* key) { return golden.at("arguments").at(key).as_integer(); };
  keras::CLIP clip({.embed_dim = size("embed_dim"),
                    .image_resolution = size("image_resolution"),
                    .vision_layers = size("vision_layers"),
                    .vision_width = size("vision_width"),
                    .vision_patch_size = size("vision_patch_size"),
                    .context_length = size("context_length"),
                    .vocab_size = size("vocab_size"),
                    .transformer_width = size("transformer_width"),
                    .transformer_heads = size("transformer_heads"),
                    .transformer_layers = size("transformer_layers")},
                   {.name = "clip"});
  std::map<std::string, keras::Variable*> weights;
  for (keras::Variable* weight : clip.weights()) weights.emplace(path_below(clip, *weight), weight);
  std::int64_t t = 0;
  for (const Json& entry : elements_of(unquantized.at("weights"))) {
    const std::string path(entry.at("path").as_string());
    keras::Variable& weight = *weights.at(path);
    if (path.ends_with("logit_scale")) {
      weight.assign(2.5F);
    } else {
      weight.assign(golden_values(t, weight.shape(), 1.0 / 256, path.ends_with("gamma") ? 1.0F : 0.0F));
    }
    ++t;
  }
  const Tensor images = golden_values(102, Shape{1, 3, 8, 8}, 1.0 / 64),
               ids = golden_rows(golden.at("token_ids"), DType::i32),
               mask = golden_rows(golden.at("padding_mask"), DType::boolean);
  const auto logit = [&] {
    return double{clip({.images = images, .token_ids = ids, .padding_mask = mask}).image_logits.data()[0]};
  };
  const double before = double{floats_of(golden.at("before")).at(0)},
               after = double{floats_of(golden.at("after")).at(0)};
  CHECK(is_near(logit(), before, 1e-5));
  clip.quantize("int8");

  weights.clear();
  for (keras::Variable* weight : clip.weights()) weights.emplace(path_below(clip, *weight), weight);
  const std::vector<Json> expected = elements_of(golden.at("weights"));
  CHECK(weights.size() == expected.size());
  for (const Json& entry : expected) {
    const std::string path(entry.at("path").as_string());
    INFO(path);
    REQUIRE(weights.contains(path));
    check_weight(*weights.at(path), entry);
  }
  CHECK(clip.count_params() == golden.at("count_params").as_integer());
  std::set<std::string> quantized;
  const auto add_leaves = [&](const keras::Layer& layer, const auto& again) -> void {
    if (layer.sublayers().empty() && layer.dtype_policy().name() == "int8_from_float32")
      quantized.insert(layer.name());
    for (const keras::Layer* child : layer.sublayers()) again(*child, again);
  };
  add_leaves(clip, add_leaves);
  const std::vector<std::string> names = names_of(golden.at("quantized"));
  CHECK(quantized == std::set<std::string>(names.begin(), names.end()));
  // The logit is a cosine times exp(2.5).
  const double cosine = std::abs(logit() - before) / std::exp(2.5);
  CHECK(cosine < 0.01);
  CHECK(is_near(logit(), after, 0.01 * std::exp(2.5)));
  CHECK(is_near(after, before, 0.01 * std::exp(2.5)));
}
