// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_keras.h"

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("config: KerasHub's and KerasCV's sizes", "[model]") {
  const auto hub = [](const std::string& vision, const std::string& text) {
    return keras_config(R"({"class_name": "CLIPBackbone", "config": {"projection_dim": 24,
        "vision_encoder": {"config": {"patch_size": 4, "hidden_dim": 36, "num_layers": 2, "num_heads": 3,
          "intermediate_dim": 60, "intermediate_activation": "gelu", )" +
                            vision + R"(}},
        "text_encoder": {"config": {"vocabulary_size": 560, "hidden_dim": 20, "num_layers": 1, "num_heads": 2,
          "intermediate_dim": 64, "intermediate_activation": "quick_gelu", )" +
                            text + "}}}}",
                        "config.json");
  };
  const ModelConfig config = hub(R"("image_shape": [16, 16, 3])", R"("max_sequence_length": 19)");
  CHECK(config.projection_dim == 24);
  CHECK(config.vision.encoder.heads == 3);
  CHECK(config.vision.encoder.activation == Activation::gelu);
  CHECK(config.vision.image_size == 16);
  CHECK(config.vision.encoder.epsilon == 1e-5F);
  CHECK(config.text.encoder.mlp_width == 64);
  CHECK(config.text.encoder.activation == Activation::quick_gelu);
  CHECK(config.text.context_length == 19);
  CHECK(config.text.pooling == Pooling::largest_id);
  CHECK(error_of([&] { (void)hub(R"("image_shape": [16, 20, 3])", R"("x": 1)"); }).code == "UNSUP");
  CHECK(error_of([&] { (void)hub(R"("image_shape": [16, 16, 1])", R"("x": 1)"); }).code == "UNSUP");
  CHECK(error_of([&] { (void)hub(R"("image_shape": [2, 2, 3])", R"("x": 1)"); }).code == "RANGE");
  CHECK(error_of([&] { (void)hub(R"("x": 1)", R"("x": 1)"); }).code == "MISSING");

  const ModelConfig cv =
      keras_config(R"({"class_name": "CLIP", "config": {"embed_dim": 512, "image_resolution": 224,
      "vision_layers": 12, "vision_width": 768, "vision_patch_size": 16, "context_length": 77,
      "vocab_size": 49408, "transformer_width": 512, "transformer_heads": 8, "transformer_layers": 10},
      "weights": "model.weights.h5"})",
                   "config.json");
  CHECK(cv.vision.encoder.heads == 12);
  CHECK(cv.vision.encoder.mlp_width == 3072);
  CHECK(cv.text.encoder.layers == 10);
  CHECK(cv.text.encoder.activation == Activation::quick_gelu);

  CHECK(is_keras_config(R"({"class_name": "X"})", "config.json"));
  CHECK_FALSE(is_keras_config(R"({"model_type": "clip"})", "config.json"));
  const Failure other = error_of(
      [] { (void)keras_config(R"({"class_name": "os.system", "config": {"a": 1}})", "config.json"); });
  CHECK(other.code == "UNSUP");
  CHECK_THAT(other.message, Contains("os.system"));
  CHECK(error_of([] { (void)keras_config(R"({"class_name": "CLIP"})", "config.json"); }).code == "MISSING");
}

TEST_CASE("config: KerasHub's image_converter.json is converted to mean and deviation", "[model]") {
  const auto converter = [](const std::string& fields) {
    return keras_image_converter(R"({"class_name": "CLIPImageConverter", "config": {)" + fields + "}}",
                                 "image_converter.json", 24);
  };
  const PreprocessorConfig clip = converter(R"("image_size": [16, 16],
      "scale": [0.014598426619242919, 0.015007768493717055, 0.014220065717024086],
      "offset": [-1.79226253374815, -1.7520971281645974, -1.4802197687835659], "interpolation": "bicubic",
      "crop_to_aspect_ratio": true, "pad_to_aspect_ratio": false)");
  const PreprocessorConfig expected = PreprocessorConfig::defaults(16);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(clip.mean[c] == expected.mean[c]);
    CHECK(clip.std[c] == expected.std[c]);
  }
  CHECK(clip.pipeline.height == 16);
  CHECK(clip.pipeline.resample == Resample::bicubic);
  CHECK(clip.pipeline.crop);
  const PreprocessorConfig plain = converter(R"("crop_to_aspect_ratio": false)");
  CHECK(plain.pipeline.resize == ResizeMode::exact);
  CHECK(plain.pipeline.resample == Resample::bilinear);
  CHECK(plain.pipeline.height == 24);
  CHECK_FALSE(plain.do_normalize);
  CHECK_FALSE(plain.do_rescale);
  CHECK(converter(R"("scale": 0.00784313725490196, "offset": -1)").mean[1] == 0.5F);
  CHECK(error_of([&] { (void)converter(R"("scale": 0)"); }).code == "RANGE");
  CHECK(error_of([&] { (void)converter(R"("scale": [1, 2])"); }).code == "HEADER");
  CHECK(error_of([&] { (void)converter(R"("interpolation": "area")"); }).code == "UNSUP");
  CHECK(error_of([&] { (void)converter(R"("pad_to_aspect_ratio": true)"); }).code == "UNSUP");
}
