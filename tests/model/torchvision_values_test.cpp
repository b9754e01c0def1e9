// SPDX-License-Identifier: Apache-2.0
// The values of all levels of grey with transformers' torchvision backend
// (scripts/golden/torchvision_pixels.py).

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "sightline/containers/json.h"
#include "sightline/model/processor.h"
#include "support/catch.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr std::int64_t kSide = 16;
constexpr std::size_t kValues = 3 * 256;

PreprocessorConfig config_of(const Json& settings) {
  PreprocessorConfig config;
  config.pipeline.rule = PixelRule::torchvision;
  config.pipeline.resize = ResizeMode::none;
  config.pipeline.crop = false;
  config.do_rescale = settings.at("do_rescale").as_bool();
  config.rescale_factor = settings.at("rescale_factor").as_double();
  config.do_normalize = settings.at("do_normalize").as_bool();
  std::size_t i = 0;
  settings.at("image_mean").for_each_element([&](const Json& mean) {
    config.mean[i++] = static_cast<float>(mean.as_double());
  });
  i = 0;
  settings.at("image_std").for_each_element([&](const Json& deviation) {
    config.std[i++] = static_cast<float>(deviation.as_double());
  });
  return config;
}

}  // namespace

TEST_CASE("processor: the values of every level match transformers with torchvision bit for bit",
          "[model][processor][golden]") {
  const std::string folder = golden_path("image_torchvision");
  const std::string text = read_text(folder + "/values.json");
  const std::vector<std::uint8_t> expected = read_bytes(folder + "/values.bin");
  const std::vector<std::uint8_t> image = read_bytes(folder + "/levels.png");
  std::size_t offset = 0;
  JsonDocument(text, "values").root().for_each_element([&](const Json& settings) {
    INFO("settings at byte " << offset);
    const Processor processor(config_of(settings), kSide, nullptr, 77);
    std::vector<float> values(kValues);
    processor.process_image(std::as_bytes(std::span(image)), values, nullptr);
    REQUIRE(offset + kValues * sizeof(float) <= expected.size());
    CHECK(std::memcmp(values.data(), expected.data() + offset, kValues * sizeof(float)) == 0);
    offset += kValues * sizeof(float);
  });
  CHECK(offset == expected.size());
}

TEST_CASE("processor: settings that torchvision cannot have are refused with the file that defines them",
          "[model][processor][error]") {
  PreprocessorConfig config = PreprocessorConfig::defaults(kSide);
  config.origin = "a file";
  config.pipeline.rule = PixelRule::torchvision;
  config.pipeline.resample = Resample::box;
  CHECK_THROWS_WITH(Processor(config, kSide, nullptr, 77), Contains("a file") && Contains("box"));
  config.pipeline.resample = Resample::bicubic;
  config.rescale_factor = 0;
  CHECK_THROWS_WITH(Processor(config, kSide, nullptr, 77), Contains("a file") && Contains("rescale factor"));
  config.pipeline.rule = PixelRule::hf;
  CHECK_NOTHROW(Processor(config, kSide, nullptr, 77));
}
