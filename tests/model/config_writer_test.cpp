// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_writer.h"

#include "end_to_end/nano.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

TEST_CASE("config_writer: the output matches the files that transformers wrote", "[model]") {
  // The nano models' own config.json, except for the key of the dtype and the version of transformers.
  for (const std::string& name :
       {std::string("nano_layers1"), std::string("nano_gelu"), std::string("nano_mixed")}) {
    CAPTURE(name);
    const auto clip = Model::open(nano_folder(name));
    std::string expected;
    std::string dtype_line;
    for (const std::string& line : read_lines(nano_folder(name) + "/config.json")) {
      if (line.starts_with("  \"dtype\"") || line.starts_with("  \"transformers_version\"")) continue;
      if (line.starts_with("  \"vision_config\"")) expected += "  \"torch_dtype\": \"float32\",\n";
      expected += line + "\n";
    }
    CHECK(config_json(clip->config(), "float32") == expected);
  }
}

TEST_CASE("config_writer: the configs of every nano model survive a round trip", "[model][property]") {
  for (const std::string& name : nano_models()) {
    CAPTURE(name);
    const auto clip = Model::open(nano_folder(name));
    const ModelConfig back = ModelConfig::from_json(config_json(clip->config(), "float16"), "config.json");
    CHECK(config_json(back, "float16") == config_json(clip->config(), "float16"));
    CHECK(back.text.pooling == clip->config().text.pooling);
    CHECK(back.text.eos_token_id == clip->config().text.eos_token_id);
    CHECK(back.vision.encoder.epsilon == clip->config().vision.encoder.epsilon);
    const PreprocessorConfig& image = clip->processor().image_config();
    const std::string text = preprocessor_config_json(image);
    const PreprocessorConfig image_back = PreprocessorConfig::from_json(text, "preprocessor_config.json");
    CHECK(preprocessor_config_json(image_back) == text);
    CHECK(image_back.mean[1] == image.mean[1]);
    CHECK(image_back.rescale_factor == image.rescale_factor);
    CHECK(image_back.pipeline.resize == image.pipeline.resize);
    CHECK(image_back.pipeline.height == image.pipeline.height);
    CHECK(image_back.pipeline.crop == image.pipeline.crop);
    CHECK(image_back.pipeline.resample == image.pipeline.resample);
  }
}

TEST_CASE("config_writer: preprocessing in the format of transformers", "[model]") {
  PreprocessorConfig config = PreprocessorConfig::defaults(30);
  config.std[0] = 1.0F;
  CHECK(preprocessor_config_json(config) == R"({
  "crop_size": {
    "height": 30,
    "width": 30
  },
  "do_center_crop": true,
  "do_convert_rgb": true,
  "do_normalize": true,
  "do_rescale": true,
  "do_resize": true,
  "image_mean": [
    0.48145467,
    0.4578275,
    0.40821072
  ],
  "image_processor_type": "CLIPImageProcessor",
  "image_std": [
    1.0,
    0.2613026,
    0.2757771
  ],
  "resample": 3,
  "rescale_factor": 0.00392156862745098,
  "size": {
    "shortest_edge": 30
  }
}
)");
  config.pipeline.resize = ResizeMode::longest;
  const Failure failure = error_of([&] { (void)preprocessor_config_json(config); });
  CHECK(failure.code == "UNSUP");
  CHECK_THAT(failure.message, Contains("longest"));
}
