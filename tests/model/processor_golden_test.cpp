// SPDX-License-Identifier: Apache-2.0
// Folders with files that define the preprocessing, and the pixels that transformers produces from them
// (scripts/golden/processors.py).

#include <cstdio>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/config_section.h"
#include "sightline/model/expected_weights.h"
#include "sightline/model/processor.h"
#include "sightline/model/processor_files.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string text_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_integer()) return std::to_string(value.as_integer());
  if (value.is_number()) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value.as_double());
    return text;
  }
  if (value.is_string()) return "\"" + std::string(value.as_string()) + "\"";
  const bool object = value.is_object();
  std::string text;
  const auto add = [&](const std::string& member) { text += (text.empty() ? "" : ",") + member; };
  if (object) {
    value.for_each_member([&](std::string_view key, const Json& member) {
      add("\"" + std::string(key) + "\":" + text_of(member));
    });
  } else {
    value.for_each_element([&](const Json& element) { add(text_of(element)); });
  }
  return (object ? "{" : "[") + text + (object ? "}" : "]");
}

// The hash of the pixel values of an image, in the format of the golden file.
std::string hash_of(const Processor& processor, const std::string& image) {
  std::vector<float> pixels(static_cast<std::size_t>(processor.pixel_count()));
  const std::vector<std::uint8_t> file = read_bytes(golden_path("model/images/" + image));
  processor.process_image(std::as_bytes(std::span(file)), pixels, nullptr);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(fnv1a(pixels)));
  return text;
}

}  // namespace

TEST_CASE("processor files: the class and pixels match transformers, or the case is an error",
          "[model][processor]") {
  const std::string text = read_text(golden_path("processors/cases.json"));
  const JsonDocument golden(text, "cases.json");
  int supported = 0, rejected = 0;
  golden.root().at("cases").for_each_element([&](const Json& test) {
    const std::string name(test.at("name").as_string());
    INFO(name);
    TempFolder folder;
    test.at("files").for_each_member([&](std::string_view file, const Json& content) {
      folder.write(std::string(file), text_of(content));
    });
    if (const auto expected = test.find("refused")) {
      ++rejected;
      try {
        read_image_settings(folder.path());
        FAIL_CHECK("no error");
      } catch (const Error& error) {
        INFO(error.what());
        CHECK(class_name(error.code()) == expected->as_string());
      }
      return;
    }
    ++supported;
    const std::optional<ImageSettings> settings = read_image_settings(folder.path());
    REQUIRE(settings);
    CHECK(settings->class_name == test.at("class").as_string());
    const Processor processor(settings->config, test.at("side").as_integer(), nullptr, 77);
    test.at("pixels").for_each_member([&](std::string_view image, const Json& hash) {
      INFO(image);
      CHECK(hash_of(processor, std::string(image)) == hash.as_string());
    });
  });
  CHECK(supported > 50);
  CHECK(rejected > 20);
}

// scripts/golden/published.py.
TEST_CASE("published models: sizes and pixels are those of transformers", "[model][processor]") {
  const std::string text = read_text(golden_path("processors/published.json"));
  const JsonDocument golden(text, "published.json");
  int models = 0;
  golden.root().at("models").for_each_element([&](const Json& test) {
    INFO(test.at("name").as_string());
    ++models;
    ModelConfig config;
    PreprocessorConfig preprocessing;
    if (const std::optional<Json> openclip = test.find("openclip")) {
      const std::string file = text_of(*openclip);
      config = openclip_config(file, "open_clip_config.json");
      preprocessing = openclip_preprocessor(file, "open_clip_config.json", config.vision.image_size);
    } else {
      config = ModelConfig::from_json(text_of(test.at("config")), "config.json");
      preprocessing =
          PreprocessorConfig::from_json(text_of(test.at("preprocessor")), "preprocessor_config.json");
    }
    std::int64_t parameters = 0;
    for (const ExpectedWeight& weight : expected_weights(config)) parameters += weight.shape.elements();
    CHECK(parameters == test.at("parameters").as_integer());
    for (const Activation activation : {config.vision.encoder.activation, config.text.encoder.activation})
      CHECK(transformers_name(activation) == test.at("activation").as_string());
    const Processor processor(preprocessing, config.vision.image_size, nullptr, config.text.context_length);
    test.at("pixels").for_each_member([&](std::string_view image, const Json& hash) {
      INFO(image);
      CHECK(hash_of(processor, std::string(image)) == hash.as_string());
    });
  });
  CHECK(models > 8);
}
