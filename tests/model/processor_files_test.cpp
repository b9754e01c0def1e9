// SPDX-License-Identifier: Apache-2.0
// Which file and key define the image preprocessing; processor_golden_test.cpp tests the rest.
#include "sightline/model/processor_files.h"

#include "sightline/model/config_writer.h"
#include "sightline/model/image_processor_classes.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

Failure failure_of(const std::string& preprocessor) {
  return error_of([&] { (void)image_settings({.preprocessor = preprocessor}); });
}

}  // namespace

TEST_CASE("processor files: absent files and null sections give no settings", "[model][processor]") {
  CHECK_FALSE(image_settings({}));
  CHECK_FALSE(image_settings({.processor = R"({"processor_class": "CLIPProcessor"})"}));
  CHECK_FALSE(image_settings({.processor = R"({"image_processor": null})", .config = "{}"}));
  CHECK(image_settings({.processor = R"({"image_processor": {}})"})->file == "processor_config.json");
  const TempFolder folder;
  CHECK_FALSE(read_image_settings(folder.path()));
  const std::string path = folder.write("preprocessor_config.json", "{}");
  CHECK(read_image_settings(folder.path())->file == path);
  folder.write("processor_config.json", "{");
  CHECK(error_of([&] { (void)read_image_settings(folder.path()); }).code == "HEADER");
}

TEST_CASE("processor files: a timm model's config.json names the class of a flat file",
          "[model][processor]") {
  const std::string vit = R"({"image_processor_type": "ViTImageProcessor"})";
  const std::string timm = R"({"image_processor_type": "DeiTImageProcessor", "pretrained_cfg": {}})";
  CHECK(image_settings({.preprocessor = vit, .config = timm})->class_name == "DeiTImageProcessor");
  CHECK(image_settings({.processor = R"({"image_processor": )" + vit + "}", .config = timm})->class_name ==
        "ViTImageProcessor");
  CHECK(image_settings({.preprocessor = "{}", .config = R"({"model_type": "clip"})"})->class_name ==
        "CLIPImageProcessor");
}

TEST_CASE("processor files: old names of classes", "[model][processor]") {
  for (const char* key : {"image_processor_type", "feature_extractor_type"}) {
    const std::string text = std::string("{\"") + key + "\": \"DeiTFeatureExtractor\"}";
    CHECK(image_settings({.preprocessor = text})->class_name == "DeiTImageProcessor");
  }
  // transformers does not accept the old name in config.json.
  CHECK(find_image_processor("ViTFeatureExtractor") == nullptr);
  CHECK(find_image_processor("ViTImageProcessorFast") == find_image_processor("ViTImageProcessorPil"));
}

TEST_CASE("processor files: errors name the class and the key", "[model][processor][error]") {
  Failure failure = failure_of(R"({"image_processor_type": "ViTImageProcessor", "do_thumbnail": true})");
  CHECK(failure.code == "UNSUP");
  CHECK_THAT(failure.message, Contains("do_thumbnail") && Contains("ViTImageProcessor"));
  failure = failure_of(R"({"image_processor_type": "NougatImageProcessor"})");
  CHECK_THAT(failure.message, Contains("image_processor_type: is \"NougatImageProcessor\""));
  failure = failure_of(R"({"image_processor_type": "LlavaImageProcessor", "do_pad": true})");
  CHECK_THAT(failure.message, Contains("do_pad") && Contains("LlavaImageProcessor"));
  CHECK(failure_of(R"({"image_processor_type": 3})").code == "TYPE");
  CHECK(failure_of(R"({"auto_map": 3})").code == "TYPE");
  CHECK(failure_of(R"({"image_processor_type": "ConvNextImageProcessor", "size": 383, "crop_pct": 0.01})")
            .code == "RANGE");
  CHECK(failure_of(R"({"image_processor_type": "ConvNextImageProcessor", "size": 8, "crop_pct": 0})").code ==
        "RANGE");
  CHECK(failure_of(R"({"image_processor_type": "LevitImageProcessor", "size": 4000})").code == "RANGE");
  CHECK(failure_of(R"({"size": 0})").code == "RANGE");
  CHECK(failure_of(R"({"size": 20.5})").code == "RANGE");
  CHECK(failure_of(R"({"size": true})").code == "TYPE");
  failure = error_of([] { (void)image_settings({.preprocessor = "{}", .tokenizer = R"({"size": 3})"}); });
  CHECK_THAT(failure.message, Contains("tokenizer_config.json: size"));
}

// Siglip2Processor passes 256 patches of 16 pixels to its image processor, whatever the file of that says.
TEST_CASE("processor files: NaFlex has patches and no size", "[model][processor][naflex]") {
  const auto read = [](const std::string& members) {
    return image_settings(
               {.preprocessor = R"({"image_processor_type": "Siglip2ImageProcessorFast")" + members + "}"})
        ->config;
  };
  const PreprocessorConfig config =
      read(R"(, "max_num_patches": 1024, "patch_size": 14, "size": null, "do_convert_rgb": null)");
  CHECK(config.pipeline.resize == ResizeMode::patches);
  CHECK(config.pipeline.height == 16);
  CHECK(config.pipeline.width == 16);
  CHECK(config.pipeline.max_patches == 256);
  CHECK_FALSE(config.pipeline.crop);
  CHECK(config.pipeline.alpha == Alpha::white);
  CHECK(config.pipeline.resample == Resample::bilinear);
  const std::string text = preprocessor_config_json(config, "Siglip2ImageProcessor");
  CHECK(preprocessor_config_json(PreprocessorConfig::from_json(text, "again"), "Siglip2ImageProcessor") ==
        text);
  const Failure failure = error_of([&] { (void)read(R"(, "do_resize": false)"); });
  CHECK(failure.code == "UNSUP");
  CHECK_THAT(failure.message, Contains("do_resize") && Contains("Siglip2ImageProcessor"));
  CHECK(failure_of(R"({"image_processor_type": "SiglipImageProcessor", "patch_size": 16})").code == "UNSUP");
}

TEST_CASE("processor files: the settings of every class can be written as CLIP's class",
          "[model][processor]") {
  for (const char* name : {"ViT", "DeiT", "Siglip", "Levit", "ConvNext", "PoolFormer", "Chameleon"}) {
    INFO(name);
    const PreprocessorConfig read =
        image_settings(
            {.preprocessor = std::string(R"({"image_processor_type": ")") + name + "ImageProcessor\"}"})
            ->config;
    const std::string text = preprocessor_config_json(read);
    const PreprocessorConfig again = PreprocessorConfig::from_json(text, "again");
    CHECK(preprocessor_config_json(again) == text);
    CHECK(again.pipeline.resize == read.pipeline.resize);
    CHECK(again.pipeline.height == read.pipeline.height);
    CHECK(again.pipeline.crop == read.pipeline.crop);
    CHECK(again.pipeline.alpha == read.pipeline.alpha);
    CHECK(again.pipeline.resample == read.pipeline.resample);
    CHECK(again.rescale_factor == read.rescale_factor);
  }
}
