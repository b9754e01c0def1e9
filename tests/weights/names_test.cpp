// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/names.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const std::vector<float> kValues = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};

StoredTensor floats(const Shape& shape) {
  return {
      DType::f32, shape,
      std::as_bytes(std::span<const float>(kValues)).first(static_cast<std::size_t>(shape.elements()) * 4)};
}

std::vector<float> values_of(const Weights& weights, std::string_view name) {
  const Tensor tensor = to_float(*weights.find(name));
  const std::span<const float> flat = tensor.view().flat();
  return {flat.begin(), flat.end()};
}

// A naming scheme that uses every layout.
constexpr std::array<std::string_view, 1> kMarkers = {"blk."};
constexpr std::array kRules = {
    NameRule{"blk.{}.qk", "layers.{}.q", TensorLayout::part, 0, 2},
    NameRule{"blk.{}.qk", "layers.{}.k", TensorLayout::part, 1, 2},
    NameRule{"blk.{}.sub.{}.w", "layers.{}.{}.weight", TensorLayout::transpose},
    NameRule{"scale", "logit_scale"},
    NameRule{"alias", "logit_scale"},
    NameRule{"ids", "", TensorLayout::drop},
};
constexpr NameMap kMap{Dialect::hf, kMarkers, kRules};

// Tensors that only SigLIP has, and Hugging Face's files of it.
bool is_of_siglip(const NameRule& rule) {
  return rule.canonical.starts_with("text_model.head.") || rule.canonical.starts_with("vision_model.head.") ||
         rule.canonical == "logit_bias" || rule.canonical == "vision_model.embeddings.patch_embedding.bias";
}

}  // namespace

TEST_CASE("names: every layout of a table has its documented effect", "[weights]") {
  Weights source;
  auto owner = std::make_shared<const int>(1);
  const std::weak_ptr<const int> watch = owner;
  source.keep(std::move(owner));
  source.add("blk.12.qk", floats(Shape{2, 3}));
  source.add("blk.3.sub.4.w", floats(Shape{2, 3}));
  source.add("scale", floats(Shape{}));
  source.add("ids", floats(Shape{1}));
  source.add("blk.x.qk", floats(Shape{1}));
  CHECK(kMap.recognizes(source));
  const Weights weights = kMap.canonical(std::move(source));
  CHECK(weights.names() == std::vector<std::string>{"blk.x.qk", "layers.12.k", "layers.12.q",
                                                    "layers.3.4.weight", "logit_scale"});
  CHECK(values_of(weights, "layers.12.q") == std::vector<float>{1, 2, 3});
  CHECK(values_of(weights, "layers.12.k") == std::vector<float>{4, 5, 6});
  CHECK(weights.find("layers.12.k")->shape == Shape{1, 3});
  CHECK(values_of(weights, "layers.3.4.weight") == std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK(weights.find("layers.3.4.weight")->shape == Shape{3, 2});
  CHECK_FALSE(watch.expired());
}

TEST_CASE("names: shapes that a layout does not allow, and duplicate names, are rejected",
          "[weights][error]") {
  const auto mapping = [](std::string_view name, const Shape& shape) {
    return error_of([&] {
      Weights weights;
      weights.add(std::string(name), floats(shape));
      (void)kMap.canonical(std::move(weights));
    });
  };
  CHECK(mapping("blk.0.qk", Shape{3, 2}).code == "MISMATCH");
  CHECK(mapping("blk.0.qk", Shape{}).code == "MISMATCH");
  CHECK(mapping("blk.0.sub.1.w", Shape{6}) ==
        Failure{"MISMATCH", "blk.0.sub.1.w: has shape [6], expected a matrix"});
  Weights twice;
  twice.add("scale", floats(Shape{}));
  twice.add("alias", floats(Shape{}));
  CHECK(error_of([&] { (void)kMap.canonical(std::move(twice)); }).code == "DUP");
}

TEST_CASE("names: Hugging Face's table keeps all names of a checkpoint and drops its buffers", "[weights]") {
  for (const NameRule& rule : hf_name_map().rules) {
    if (rule.layout == TensorLayout::part) continue;  // stacked tensors, which `with_hf_names` writes
    CHECK((rule.layout == TensorLayout::drop) ==
          (rule.pattern.ends_with("position_ids") || rule.pattern == "n_averaged"));
    CHECK((rule.layout == TensorLayout::drop || rule.pattern == rule.canonical));
  }
  // transformers' CLIPModel: 16 per block and tower; embeddings 3 + 2, norms 4 + 2, projections 2, scale 1.
  CHECK(std::count_if(hf_name_map().rules.begin(), hf_name_map().rules.end(), [](const NameRule& rule) {
          return rule.layout == TensorLayout::same && !is_of_siglip(rule);
        }) == 32 + 5 + 6 + 3);
  Weights weights;
  weights.add("bert.encoder.weight", floats(Shape{1}));
  CHECK_FALSE(hf_name_map().recognizes(weights));
  CHECK(error_of([&] { (void)to_canonical(std::move(weights)); }).code == "UNSUP");
  CHECK(error_of([] { (void)to_canonical(Weights()); }).code == "UNSUP");
}

TEST_CASE("names: every naming scheme has exactly one rule for every canonical tensor of CLIP", "[weights]") {
  std::set<std::string_view> expected;
  for (const NameRule& rule : hf_name_map().rules) {
    if (rule.layout != TensorLayout::drop && !is_of_siglip(rule)) expected.insert(rule.canonical);
  }
  for (const NameMap* map : name_maps()) {
    CAPTURE(dialect_name(map->dialect));
    std::set<std::string_view> canonical;
    std::set<std::pair<std::string_view, std::int64_t>> patterns;
    for (const NameRule& rule : map->rules) {
      CAPTURE(rule.pattern);
      CHECK(patterns.emplace(rule.pattern, rule.part).second);
      if (rule.layout != TensorLayout::drop && !is_of_siglip(rule)) canonical.insert(rule.canonical);
    }
    CHECK(canonical == expected);
  }
}

TEST_CASE("names: a naming scheme is recognised by its tensors", "[weights]") {
  const auto dialect = [](std::initializer_list<const char*> names) {
    Weights weights;
    for (const char* name : names) weights.add(name, floats(Shape{1}));
    return recognized_name_map(weights).dialect;
  };
  CHECK(dialect({"logit_scale", "vision_model.pre_layrnorm.weight"}) == Dialect::hf);
  CHECK(dialect({"logit_scale", "text_projection", "visual.proj", "input_resolution"}) == Dialect::openai);
  CHECK(dialect({"logit_scale", "text_projection.weight", "visual.proj"}) == Dialect::openclip);
  CHECK(dialect({"logit_scale", "text.token_embedding.weight"}) == Dialect::openclip);
  CHECK(dialect({"layers/clip_image_encoder/embeddings/vars/0"}) == Dialect::kerascv);
  CHECK(dialect({"layers/clip_vision_encoder/layers/layer_normalization/vars/0"}) == Dialect::kerashub);
  CHECK(dialect({"text_projection.weight", "t.blk.0.ln1.weight"}) == Dialect::gguf);
}

TEST_CASE("names: a text tower under text. is the same as one at the top level level", "[weights]") {
  Weights source;
  source.add("text.positional_embedding", floats(Shape{2, 3}));
  source.add("text.text_projection", floats(Shape{2, 3}));
  source.add("text.transformer.resblocks.11.ln_1.weight", floats(Shape{3}));
  source.add("visual.transformer.resblocks.0.attn.in_proj_bias", floats(Shape{6}));
  source.add("text.attn_mask", floats(Shape{1}));
  source.add("logit_scale", floats(Shape{1}));
  const Weights weights = to_canonical(std::move(source));
  CHECK(weights.names() ==
        std::vector<std::string>{"logit_scale", "text_model.embeddings.position_embedding.weight",
                                 "text_model.encoder.layers.11.layer_norm1.weight", "text_projection.weight",
                                 "vision_model.encoder.layers.0.self_attn.k_proj.bias",
                                 "vision_model.encoder.layers.0.self_attn.q_proj.bias",
                                 "vision_model.encoder.layers.0.self_attn.v_proj.bias"});
  CHECK(weights.find("logit_scale")->shape == Shape{});
  CHECK(values_of(weights, "text_projection.weight") == std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK(values_of(weights, "vision_model.encoder.layers.0.self_attn.k_proj.bias") ==
        std::vector<float>{3, 4});
}

TEST_CASE("names: the counter of an averaged model is not a weight", "[weights]") {
  const std::string scale = GENERATE("visual.proj", "vision_model.pre_layrnorm.weight");
  Weights source;
  source.add(scale, floats(Shape{2, 3}));
  source.add("n_averaged", floats(Shape{}));
  CHECK(to_canonical(std::move(source)).size() == 1);
}

TEST_CASE("names: Long-CLIP has the first 20 positions in one table, the others in another", "[weights]") {
  std::vector<float> kept(22 * 3), rest(22 * 3);
  std::iota(kept.begin(), kept.end(), 0.0F);
  std::iota(rest.begin(), rest.end(), 1000.0F);
  const auto weights = [&](std::int64_t rows) {
    Weights result;
    const auto table = [](std::span<const float> values, std::int64_t count) {
      return StoredTensor{DType::f32, Shape{count, 3},
                          std::as_bytes(values).first(static_cast<std::size_t>(count) * 12)};
    };
    result.add("positional_embedding", table(kept, 22));
    result.add("positional_embedding_res", table(rest, rows));
    result.add("visual.ln_post.bias", floats(Shape{3}));
    return result;
  };
  CHECK(recognized_name_map(weights(22)).dialect == Dialect::openai);
  const Weights canonical = to_canonical(weights(22));
  CHECK(canonical.size() == 2);
  std::vector<float> expected(kept.begin(), kept.begin() + 60);
  expected.insert(expected.end(), rest.begin() + 60, rest.end());
  CHECK(values_of(canonical, "text_model.embeddings.position_embedding.weight") == expected);
  CHECK(
      error_of([&] { (void)to_canonical(weights(20)); }) ==
      Failure{"MISMATCH",
              "positional_embedding_res: has shape [20, 3], expected that of positional_embedding, [22, 3], "
              "with more than 20 rows"});
}

TEST_CASE("names: a tower that is saved alone may lack its prefix", "[weights]") {
  const auto canonical = [](const std::vector<std::string>& names) {
    Weights weights;
    for (const std::string& name : names) weights.add(name, floats(Shape{3}));
    return to_canonical(std::move(weights)).names();
  };
  using Names = std::vector<std::string>;
  CHECK(canonical({"embeddings.position_ids", "embeddings.token_embedding.weight",
                   "encoder.layers.3.mlp.fc1.bias", "final_layer_norm.bias", "head.bias", "other"}) ==
        Names{"other", "text_model.embeddings.token_embedding.weight",
              "text_model.encoder.layers.3.mlp.fc1.bias", "text_model.final_layer_norm.bias",
              "text_model.head.bias"});
  CHECK(canonical({"embeddings.patch_embedding.weight", "head.attention.in_proj_bias", "post_layernorm.bias",
                   "pre_layrnorm.bias"}) ==
        Names{"vision_model.embeddings.patch_embedding.weight", "vision_model.head.attention.k_proj.bias",
              "vision_model.head.attention.q_proj.bias", "vision_model.head.attention.v_proj.bias",
              "vision_model.post_layernorm.bias", "vision_model.pre_layrnorm.bias"});
  // Not the towers of one file: which one `encoder` belongs to is not known.
  CHECK(canonical({"embeddings.patch_embedding.weight", "embeddings.token_embedding.weight"}) ==
        Names{"embeddings.patch_embedding.weight", "embeddings.token_embedding.weight"});
}

TEST_CASE("names: image towers that are not transformers are rejected by name", "[weights][error]") {
  const auto refusal = [](const char* name, const char* marker) {
    return error_of([&] {
      Weights weights;
      weights.add(name, floats(Shape{2}));
      weights.add(marker, floats(Shape{}));
      (void)to_canonical(std::move(weights));
    });
  };
  const std::string expected = ", expected a vision transformer as image tower";
  const char* stem = "visual.layer1.0.conv1.weight";
  CHECK(refusal(stem, "input_resolution") == Failure{"UNSUP", stem + (": belongs to a ResNet" + expected)});
  CHECK(refusal(stem, "logit_scale") == Failure{"UNSUP", stem + (": belongs to a ResNet" + expected)});
  CHECK(refusal("visual.trunk.stem.0.weight", "logit_scale") ==
        Failure{"UNSUP", "visual.trunk.stem.0.weight: belongs to a convolutional timm tower" + expected});
}

TEST_CASE("names: Keras numbers equal layers, the first without a number", "[weights]") {
  Weights source;
  const std::string block = "layers/clip_text_encoder/encoder/resblocks/residual_attention";
  source.add(block + "/ln_1/vars/0", floats(Shape{2}));
  source.add(block + "_1/ln_1/vars/0", floats(Shape{2}));
  source.add(block + "_11/ln_1/vars/0", floats(Shape{2}));
  source.add(block + "_x/ln_1/vars/0", floats(Shape{2}));
  source.add("layers/clip_image_encoder/image_projector/vars/0", floats(Shape{2, 3}));
  source.add("optimizer/vars/12", floats(Shape{2}));
  const Weights weights = to_canonical(std::move(source));
  CHECK(weights.names() == std::vector<std::string>{block + "_x/ln_1/vars/0",
                                                    "text_model.encoder.layers.0.layer_norm1.weight",
                                                    "text_model.encoder.layers.1.layer_norm1.weight",
                                                    "text_model.encoder.layers.11.layer_norm1.weight",
                                                    "visual_projection.weight"});
}

TEST_CASE("names: KerasHub's projections are recognised by the names of their layers", "[weights]") {
  const auto mapped = [](const char* first, const char* second) {
    Weights source;
    source.add("layers/clip_vision_encoder/layers/layer_normalization/vars/0", floats(Shape{2}));
    source.add("layers/dense/vars/0", floats(Shape{1, 2}));
    source.add("layers/dense_1/vars/0", floats(Shape{1, 3}));
    if (first != nullptr) source.set_metadata("layers/dense/vars", first);
    if (second != nullptr) source.set_metadata("layers/dense_1/vars", second);
    return to_canonical(std::move(source)).find("visual_projection.weight")->shape;
  };
  CHECK(mapped(nullptr, nullptr) == Shape{2, 1});
  CHECK(mapped("vision_projection", "text_projection") == Shape{2, 1});
  CHECK(mapped("text_projection", "vision_projection") == Shape{3, 1});
  CHECK(error_of([&] { (void)mapped("text_projection", "text_projection"); }).code == "DUP");
}

TEST_CASE("names: the scale that clip.cpp omits is ln 100, and reported as assumed", "[weights]") {
  Weights source;
  source.add("v.blk.0.ln1.weight", floats(Shape{2}));
  const Weights weights = to_canonical(std::move(source));
  CHECK(values_of(weights, "logit_scale") == std::vector<float>{4.6051702F});
  CHECK(weights.metadata().contains("assumed.logit_scale"));
  Weights whole;
  whole.add("v.blk.0.ln1.weight", floats(Shape{2}));
  whole.add("logit_scale", floats(Shape{1}));
  const Weights kept = to_canonical(std::move(whole));
  CHECK(values_of(kept, "logit_scale") == std::vector<float>{1.0F});
  CHECK_FALSE(kept.metadata().contains("assumed.logit_scale"));
}
