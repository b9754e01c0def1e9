// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_shapes.h"

#include <map>
#include <utility>

#include "sightline/model/config_gguf.h"
#include "sightline/model/expected_weights.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// Tensors with the right names and shapes whose bytes are never read.
Weights shapes_of(const ModelConfig& config) {
  Weights weights;
  for (const ExpectedWeight& weight : expected_weights(config)) {
    weights.add(weight.name, StoredTensor::deferred(DType::f32, weight.shape, [](std::span<std::byte>) {}));
  }
  return weights;
}

ModelConfig some_sizes() {
  ModelConfig config;
  config.projection_dim = 48;
  config.vision.encoder = {.width = 192, .heads = 3, .mlp_width = 500, .layers = 11};
  config.vision.image_size = 60;
  config.vision.patch_size = 12;
  config.text.encoder = {.width = 128, .heads = 2, .mlp_width = 300, .layers = 3};
  config.text.vocabulary_size = 999;
  config.text.context_length = 17;
  config.text.pooling = Pooling::largest_id;
  return config;
}

}  // namespace

TEST_CASE("config: shapes determine all sizes except the number of heads", "[model]") {
  const ModelConfig sizes = some_sizes();
  const Weights weights = shapes_of(sizes);
  ModelConfig read = config_from_shapes(weights);
  set_heads_of_64(read);
  for (const auto& [a, b] :
       {std::pair{read.vision.encoder, sizes.vision.encoder}, {read.text.encoder, sizes.text.encoder}}) {
    CHECK(a.width == b.width);
    CHECK(a.heads == b.heads);
    CHECK(a.mlp_width == b.mlp_width);
    CHECK(a.layers == b.layers);
    CHECK(a.activation == Activation::quick_gelu);
    CHECK(a.epsilon == 1e-5F);
  }
  CHECK(read.vision.image_size == 60);
  CHECK(read.vision.patch_size == 12);
  CHECK(read.text.vocabulary_size == 999);
  CHECK(read.text.context_length == 17);
  CHECK(read.text.pooling == Pooling::largest_id);
  CHECK(read.projection_dim == 48);
}

TEST_CASE("config: shapes that no CLIP model has are errors that name the tensor", "[model][error]") {
  const auto failure_of = [](const char* name, const Shape& shape) {
    return error_of([&] {
      Weights weights = shapes_of(some_sizes());
      (void)weights.extract(name);
      weights.add(name, StoredTensor::deferred(DType::f32, shape, [](std::span<std::byte>) {}));
      ModelConfig config = config_from_shapes(weights);
      set_heads_of_64(config);
    });
  };
  CHECK(failure_of("vision_model.embeddings.position_embedding.weight", Shape{25, 192}).code == "MISMATCH");
  CHECK(failure_of("vision_model.embeddings.position_embedding.weight", Shape{1, 192}).code == "MISMATCH");
  CHECK(failure_of("vision_model.embeddings.patch_embedding.weight", Shape{192, 3, 12}).code == "MISMATCH");
  CHECK(failure_of("vision_model.embeddings.patch_embedding.weight", Shape{192, 3, 0, 0}).code == "RANGE");
  CHECK(failure_of("visual_projection.weight", Shape{0, 192}).code == "RANGE");
  const Failure heads = failure_of("text_model.embeddings.token_embedding.weight", Shape{999, 100});
  CHECK(heads.code == "MISSING");
  CHECK_THAT(heads.message, Contains("width 100") && Contains("put a config.json next to the weights"));
  CHECK(error_of([] { (void)config_from_shapes(Weights()); }).code == "MISSING");
}

TEST_CASE("config: clip.cpp's keys complement the shapes", "[model]") {
  std::map<std::string, std::string> keys = {{"clip.vision.attention.head_count", "6"},
                                             {"clip.text.attention.head_count", "4"},
                                             {"clip.vision.attention.layer_norm_epsilon", "1e-05"},
                                             {"clip.text.attention.layer_norm_epsilon", "0.000001"},
                                             {"clip.vision.image_size", "63"},
                                             {"clip.vision.image_mean", "[0.5, 0.25, 0.125]"},
                                             {"clip.vision.image_std", "0.5,1,2"},
                                             {"clip.use_gelu", "true"}};
  const auto with_keys = [&] {
    Weights weights = shapes_of(some_sizes());
    for (const auto& [key, value] : keys) weights.set_metadata(key, value);
    return weights;
  };
  const ModelConfig config = gguf_config(with_keys());
  CHECK(config.vision.encoder.heads == 6);
  CHECK(config.text.encoder.heads == 4);
  CHECK(config.vision.encoder.epsilon == 1e-5F);
  CHECK(config.text.encoder.epsilon == 1e-6F);
  CHECK(config.text.encoder.activation == Activation::gelu);
  CHECK(config.vision.image_size == 63);
  const PreprocessorConfig image = gguf_preprocessor(with_keys(), 63);
  CHECK(image.mean[1] == 0.25F);
  CHECK(image.std[2] == 2.0F);
  CHECK(image.pipeline.height == 63);

  const auto code_of = [&](const char* key, const char* value) {
    const std::string kept = std::exchange(keys[key], value);
    const Failure failure = error_of([&] {
      (void)gguf_config(with_keys());
      (void)gguf_preprocessor(with_keys(), 63);
    });
    keys[key] = kept;
    return failure.code;
  };
  CHECK(code_of("clip.vision.attention.head_count", "5") == "RANGE");
  CHECK(code_of("clip.vision.attention.head_count", "-6") == "RANGE");
  CHECK(code_of("clip.vision.attention.head_count", "6x") == "RANGE");
  CHECK(code_of("clip.text.attention.layer_norm_epsilon", "nan") == "RANGE");
  CHECK(code_of("clip.vision.image_size", "224") == "MISMATCH");
  CHECK(code_of("clip.vision.image_mean", "0.5 0.5") == "RANGE");
  CHECK(code_of("clip.vision.image_mean", "1 2 3 4") == "RANGE");
  CHECK(code_of("clip.vision.image_std", "1 0 1") == "RANGE");
  keys["clip.has_text_encoder"] = "true";
  CHECK(gguf_config(with_keys()).text.encoder.heads == 4);
  CHECK(code_of("clip.has_text_encoder", "false") == "UNSUP");
  keys.erase("clip.use_gelu");
  CHECK(error_of([&] { (void)gguf_config(with_keys()); }).code == "MISSING");
}
