// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_writer_openclip.h"

#include "sightline/model/config_openclip.h"
#include "sightline/model/config_writer.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_model.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

ModelConfig clip_config() {
  ModelConfig config = small_config();
  config.text.vocabulary_size = 49408;
  return config;
}

// The config and the preprocessing that OpenCLIP's reader gets, in Hugging Face's form.
std::pair<std::string, std::string> read_back(const ModelConfig& config, const PreprocessorConfig& image) {
  const std::string text = openclip_config_json(config, image);
  return {config_json(openclip_config(text, "config"), "float32"),
          preprocessor_config_json(openclip_preprocessor(text, "config", config.vision.image_size))};
}

}  // namespace

TEST_CASE("OpenCLIP config: what is written is read as the same model", "[model]") {
  ModelConfig config = clip_config();
  PreprocessorConfig image = PreprocessorConfig::defaults(32);
  SECTION("defaults") {
    CHECK_THAT(openclip_config_json(config, image), !Contains("mlp_ratio") && !Contains("norm_kwargs") &&
                                                        !Contains("interpolation") &&
                                                        !Contains("size\": 224"));
  }
  SECTION("nothing is a default") {
    config.vision.encoder.activation = config.text.encoder.activation = Activation::gelu;
    config.vision.encoder.epsilon = 1e-6F;
    config.text.encoder.mlp_width = 101;
    image.pipeline.resample = Resample::bilinear;
    image.pipeline.resize = ResizeMode::exact;
    image.pipeline.crop = false;
    image.mean[1] = 0.5F;
    image.std[2] = 0.25F;
  }
  SECTION("every width of the MLP") {
    config.vision.encoder.width = 49 * 64;
    config.vision.encoder.heads = 49;
    config.vision.encoder.mlp_width = GENERATE(1, 127, 3137, 9001, 15767);
  }
  const auto [model, preprocessing] = read_back(config, image);
  CHECK(model == config_json(config, "float32"));
  CHECK(preprocessing == preprocessor_config_json(image));
}

TEST_CASE("OpenCLIP config: the last id of the vocabulary is the largest", "[model]") {
  ModelConfig config = clip_config();
  pool_at(config.text, 49407);
  const std::string text = openclip_config_json(config, PreprocessorConfig::defaults(32));
  CHECK(openclip_config(text, "config").text.pooling == Pooling::largest_id);
}

TEST_CASE("OpenCLIP config: the longest side", "[model]") {
  PreprocessorConfig image = PreprocessorConfig::defaults(32);
  image.pipeline.resize = ResizeMode::longest;
  image.pipeline.fill = 7;
  const PreprocessorConfig read =
      openclip_preprocessor(openclip_config_json(clip_config(), image), "config", 32);
  CHECK(read.pipeline.resize == ResizeMode::longest);
  CHECK(read.pipeline.fill == 7);
}

TEST_CASE("OpenCLIP config: what it cannot express is named", "[model][error]") {
  const auto message = [](void (*change)(ModelConfig&, PreprocessorConfig&)) {
    ModelConfig config = clip_config();
    PreprocessorConfig image = PreprocessorConfig::defaults(32);
    change(config, image);
    const Failure failure = error_of([&] { (void)openclip_config_json(config, image); });
    CHECK(failure.code == "UNSUP");
    return failure.message;
  };
  using C = ModelConfig;
  using P = PreprocessorConfig;
  CHECK_THAT(message([](C& c, P&) { c.text.encoder.activation = Activation::gelu; }),
             Contains("activations"));
  CHECK_THAT(message([](C& c, P&) { c.text.vocabulary_size = 50; }), Contains("vocabulary of 50 tokens"));
  CHECK_THAT(message([](C& c, P&) { pool_at(c.text, 400); }), Contains("pooled token 400"));
  CHECK_THAT(message([](C& c, P&) { c.vision.channels = 1; }), Contains("1 channels"));
  CHECK_THAT(message([](C&, P& p) { p.do_normalize = false; }), Contains("not normalised"));
  CHECK_THAT(message([](C&, P& p) { p.rescale_factor = 1; }), Contains("divided by 255"));
  CHECK_THAT(message([](C&, P& p) { p.pipeline.alpha = Alpha::drop; }), Contains("do_convert_rgb"));
  CHECK_THAT(message([](C&, P& p) { p.pipeline.resample = Resample::box; }), Contains("filter 4"));
  CHECK_THAT(message([](C&, P& p) { p.pipeline.height = 40; }), Contains("32x32 pixels"));
  CHECK_THAT(message([](C&, P& p) { p.pipeline.resize = ResizeMode::none; }), Contains("32x32 pixels"));
}
