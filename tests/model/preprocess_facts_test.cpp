// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/preprocess_facts.h"

#include "sightline/containers/json.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("preprocess facts: CLIP's own image settings", "[model]") {
  CHECK(image_preprocess_json(PreprocessorConfig::defaults(224), false) ==
        R"({"order":"hf","exif":true,"alpha":"white","lenient":false,)"
        R"("resize":{"mode":"shortest","size":224,"resample":"bicubic"},"crop":[224,224],)"
        R"("rescale":0.00392156862745098,"normalize":{"mean":[0.48145467,0.4578275,0.40821072],)"
        R"("std":[0.26862955,0.2613026,0.2757771]}})");
}

TEST_CASE("preprocess facts: they change if and only if a setting affects a pixel", "[model]") {
  const PreprocessorConfig defaults = PreprocessorConfig::defaults(224);
  const std::string plain = image_preprocess_json(defaults, false);
  CHECK(image_preprocess_json(defaults, true) != plain);
  const auto changed = [&](auto change) {
    PreprocessorConfig config = defaults;
    change(config, config.pipeline);
    const std::string json = image_preprocess_json(config, false);
    (void)JsonDocument(json, "facts");
    return json != plain;
  };
  using P = PreprocessorConfig;
  using L = PixelPipeline;
  CHECK(changed([](P&, L& p) { p.exif = false; }));
  CHECK(changed([](P&, L& p) { p.alpha = Alpha::drop; }));
  CHECK(changed([](P&, L& p) { p.rule = PixelRule::openai; }));
  CHECK(changed([](P&, L& p) { p.rule = PixelRule::torchvision; }));
  CHECK(changed([](P&, L& p) { p.height = 256; }));
  CHECK(changed([](P&, L& p) { p.resample = Resample::lanczos; }));
  CHECK(changed([](P&, L& p) { p.crop_width = 200; }));
  CHECK(changed([](P&, L& p) { p.crop = false; }));
  CHECK(changed([](P& c, L&) { c.do_rescale = false; }));
  CHECK(changed([](P& c, L&) { c.rescale_factor = 1.0 / 127.5; }));
  CHECK(changed([](P& c, L&) { c.do_normalize = false; }));
  CHECK(changed([](P& c, L&) { c.mean[1] = 0.5F; }));
  CHECK(changed([](P& c, L&) { c.std[2] = 0.5F; }));
  for (const ResizeMode mode : {ResizeMode::none, ResizeMode::longest, ResizeMode::exact})
    CHECK(changed([&](P&, L& p) { p.resize = mode; }));
  CHECK_FALSE(changed([](P&, L& p) { p.width = 7; }));  // `shortest` uses only the height
  CHECK_FALSE(changed([](P&, L& p) { p.fill = 7; }));
  CHECK_FALSE(changed([](P&, L& p) { p.max_patches = 7; }));
  PreprocessorConfig naflex = defaults;
  naflex.pipeline.resize = ResizeMode::patches;
  const std::string patches = image_preprocess_json(naflex, false);
  naflex.pipeline.max_patches = 7;
  CHECK(image_preprocess_json(naflex, false) != patches);
}

TEST_CASE("preprocess facts: settings of texts", "[model]") {
  const std::string nano = golden_path("model/nano_layers1");
  const TextPreprocess plain{.context_length = 16, .invalid_utf8 = "refuse", .templates = {}};
  const std::string json = text_preprocess_json(plain, nano);
  const JsonDocument document(json, "facts");
  const Json root = document.root();
  CHECK(root.at("cleaning").as_string() == "hf");
  CHECK(root.at("tokenizer").as_string().size() == 32);
  CHECK(root.at("context_length").as_integer() == 16);
  CHECK(root.at("invalid_utf8").as_string() == "refuse");
  CHECK(root.at("templates").size() == 0);

  TextPreprocess other = plain;
  other.cleaning = TextCleaning::openai;
  CHECK(text_preprocess_json(other, nano).starts_with(R"({"ftfy":"6.3","cleaning":"openai","tokenizer":)"));
  CHECK(text_preprocess_json(other, nano) != json);
  other = plain;
  other.templates = {"a \"{}\"", "{}"};
  const std::string with_templates = text_preprocess_json(other, nano);
  CHECK(with_templates.ends_with(R"("templates":["a \"{}\"","{}"]})"));
  CHECK(text_preprocess_json(plain, golden_path("model/nano_gelu")) != json);  // different vocabulary

  const TempFolder folder;
  for (const char* file : {"vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"})
    folder.write(file, read_text(nano + "/" + file));
  CHECK(text_preprocess_json(plain, folder.path()) == json);
  folder.write("added_tokens.json", "{}");
  CHECK(text_preprocess_json(plain, folder.path()) != json);
}
