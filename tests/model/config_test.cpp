// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config.h"

#include <string>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

ModelConfig config(const std::string& text) { return ModelConfig::from_json(text, "config.json"); }
PreprocessorConfig preprocessor(const std::string& text) {
  return PreprocessorConfig::from_json(text, "preprocessor_config.json");
}

ErrorCode code_of(const std::string& text) {
  try {
    config(text);
  } catch (const Error& error) {
    INFO(error.what());
    return error.code();
  }
  return ErrorCode::usage;  // never an error of a config
}

std::string with_text(const std::string& fields) {
  return R"({"model_type": "clip", "text_config": {)" + fields + R"(}, "vision_config": {}})";
}

}  // namespace

TEST_CASE("config: an empty CLIP config is ViT-B/32, as in transformers", "[model]") {
  const ModelConfig read = config(R"({"model_type": "clip"})");
  CHECK(read.vision.encoder.width == 768);
  CHECK(read.vision.encoder.heads == 12);
  CHECK(read.vision.encoder.mlp_width == 3072);
  CHECK(read.vision.encoder.layers == 12);
  CHECK(read.vision.patch_size == 32);
  CHECK(read.text.encoder.width == 512);
  CHECK(read.text.encoder.heads == 8);
  CHECK(read.text.vocabulary_size == 49408);
  CHECK(read.text.context_length == 77);
  CHECK(read.text.pooling == Pooling::first_eos);
  CHECK(read.text.eos_token_id == 49407);
  CHECK(read.projection_dim == 512);
  CHECK(read.vision.encoder.activation == Activation::quick_gelu);
}

TEST_CASE("config: each tower has its own fields", "[model]") {
  const ModelConfig read = config(R"({"model_type": "clip", "projection_dim": 24,
    "text_config": {"hidden_act": "gelu", "layer_norm_eps": 1e-6, "eos_token_id": 2, "hidden_size": 36,
                    "num_attention_heads": 3, "intermediate_size": 100, "max_position_embeddings": 16},
    "vision_config": {"hidden_size": 40, "num_attention_heads": 5, "image_size": [30, 30],
                      "patch_size": 7}})");
  CHECK(read.text.encoder.activation == Activation::gelu);
  CHECK(read.vision.encoder.activation == Activation::quick_gelu);
  CHECK(read.text.encoder.epsilon == 1e-6F);
  CHECK(read.text.pooling == Pooling::largest_id);
  CHECK(read.text.context_length == 16);
  CHECK(read.vision.image_size == 30);
  CHECK(read.projection_dim == 24);
}

TEST_CASE("config: a legacy text_config_dict replaces text_config; its missing keys have class defaults",
          "[model]") {
  const ModelConfig read = config(R"({"model_type": "clip",
    "text_config": {"hidden_size": 64, "num_hidden_layers": 3}, "text_config_dict": {"hidden_size": 128}})");
  CHECK(read.text.encoder.width == 128);
  CHECK(read.text.encoder.layers == 12);
  CHECK(config(R"({"model_type": "clip", "text_config": {"num_hidden_layers": 3}, "text_config_dict": null})")
            .text.encoder.layers == 3);
}

TEST_CASE("config: a null eos_token_id does not mean the default", "[model][error]") {
  const auto with = [](const std::string& section, const std::string& eos) {
    return code_of(R"({"model_type": "clip", ")" + section + R"(": {"eos_token_id": )" + eos + "}}");
  };
  for (const std::string section : {"text_config", "text_config_dict"}) {
    for (const std::string eos : {"null", "[49407]", "\"49407\"", "true"}) {
      INFO(section << " " << eos);
      CHECK(with(section, eos) == ErrorCode::type);
    }
    CHECK(with(section, "49407.0") == ErrorCode::range);
    CHECK(with(section, "-1") == ErrorCode::range);
  }
  // Only the tokenizer can validate the id; the key of the whole model does not apply to texts.
  CHECK(config(R"({"model_type": "clip", "text_config": {"eos_token_id": 5000000}})").text.eos_token_id ==
        5000000);
  CHECK(config(R"({"model_type": "clip", "eos_token_id": null, "text_config": {}})").text.eos_token_id ==
        49407);
}

TEST_CASE("config: malformed JSON has an error class for each kind (C01-C04)", "[model][error]") {
  CHECK(code_of("") == ErrorCode::header);
  CHECK(code_of("[]") == ErrorCode::header);
  CHECK(code_of(R"({"a":1} {})") == ErrorCode::header);
  CHECK(code_of("\xEF\xBB\xBF{\"model_type\":\"clip\"}") == ErrorCode::header);
  CHECK_THROWS_WITH(config("\xEF\xBB\xBF{}"), Contains("BOM") || Contains("byte order mark"));
  CHECK(code_of(R"({"model_type":"clip","x":)" + std::string(100000, '[') + std::string(100000, ']') + "}") ==
        ErrorCode::header);
  CHECK(code_of(with_text(R"("hidden_size": 512, "hidden_size": 512)")) == ErrorCode::duplicate);
}

TEST_CASE("config: numbers out of range are errors before anything is allocated (C05-C08)",
          "[model][error]") {
  for (const std::string bad : {"-1", "0", "257", "18446744073709551616", "99999999999"}) {
    INFO(bad);
    CHECK(code_of(with_text("\"num_hidden_layers\": " + bad)) == ErrorCode::range);
  }
  for (const std::string bad : {"12.5", "\"12\"", "1e999"}) {
    INFO(bad);
    CHECK(code_of(with_text("\"num_hidden_layers\": " + bad)) == ErrorCode::range);
  }
  CHECK(code_of(with_text(R"("hidden_size": 512, "num_attention_heads": 7)")) == ErrorCode::range);
  CHECK(code_of(with_text(R"("hidden_size": 2147483648)")) == ErrorCode::range);
  CHECK(code_of(R"({"model_type": "clip", "vision_config": {"patch_size": 0}})") == ErrorCode::range);
  CHECK(code_of(R"({"model_type": "clip", "vision_config": {"patch_size": 64, "image_size": 32}})") ==
        ErrorCode::range);
  CHECK(code_of(with_text(R"("layer_norm_eps": 0)")) == ErrorCode::range);
  CHECK(code_of(with_text(R"("layer_norm_eps": 1)")) == ErrorCode::range);
}

TEST_CASE("config: models other than CLIP are errors that name them (C10)", "[model][error]") {
  CHECK(code_of(with_text(R"("hidden_act": "relu")")) == ErrorCode::unsupported);
  CHECK_THROWS_WITH(config(R"({"model_type": "blip"})"), Contains("blip"));
  CHECK(code_of(R"({"model_type": "blip"})") == ErrorCode::unsupported);
  CHECK(code_of("{}") == ErrorCode::missing);
  CHECK(code_of(R"({"model_type": "clip", "vision_config": {"image_size": [32, 48]}})") ==
        ErrorCode::unsupported);
  CHECK_THROWS_WITH(config(with_text(R"("hidden_size": "a")")), Contains("text_config.hidden_size"));
}

TEST_CASE("preprocessor: sizes are numbers or objects", "[model]") {
  const PixelPipeline plain = preprocessor(R"({"size": 48, "crop_size": 40})").pipeline;
  CHECK(plain.resize == ResizeMode::shortest);
  CHECK(plain.height == 48);
  CHECK(plain.crop_height == 40);
  CHECK(plain.resample == Resample::bicubic);
  const PixelPipeline objects = preprocessor(R"({"size": {"height": 20, "width": 30}, "resample": 2,
    "crop_size": {"height": 10, "width": 12}, "do_center_crop": false})")
                                    .pipeline;
  CHECK(objects.resize == ResizeMode::exact);
  CHECK(objects.height == 20);
  CHECK(objects.width == 30);
  CHECK(objects.crop_width == 12);
  CHECK_FALSE(objects.crop);
  CHECK(objects.resample == Resample::bilinear);
  CHECK(preprocessor(R"({"size": {"shortest_edge": 64}})").pipeline.height == 64);
  CHECK(preprocessor(R"({"do_resize": false})").pipeline.resize == ResizeMode::none);
  // transformers 5.23 uses the 224 of its class instead of the size.
  const PixelPipeline square = preprocessor(R"({"size": 48, "use_square_size": true})").pipeline;
  CHECK(square.resize == ResizeMode::exact);
  CHECK(square.height == 224);
  CHECK(square.width == 224);
}

TEST_CASE("preprocessor: mean, std and flags", "[model]") {
  const PreprocessorConfig read = preprocessor(R"({"image_mean": [0.5, 0.25, 0], "image_std": [1, 2, 4],
    "do_rescale": false, "do_normalize": true})");
  CHECK(read.mean[1] == 0.25F);
  CHECK(read.std[2] == 4.0F);
  CHECK_FALSE(read.do_rescale);
  CHECK_THROWS_AS(preprocessor(R"({"image_std": [1, 0, 1]})"), Error);
  CHECK_THROWS_AS(preprocessor(R"({"image_mean": [1, 2]})"), Error);
  CHECK_THROWS_AS(preprocessor(R"({"resample": 6})"), Error);
  CHECK_THROWS_AS(preprocessor(R"({"size": {"longest_edge": 9}})"), Error);
  CHECK_THROWS_AS(preprocessor(R"({"do_pad": true})"), Error);
}

TEST_CASE("config: a null does not mean the default where transformers needs a value", "[model][error]") {
  for (const char* key : {"hidden_size", "num_attention_heads", "intermediate_size", "num_hidden_layers",
                          "hidden_act", "layer_norm_eps", "vocab_size", "max_position_embeddings"}) {
    INFO(key);
    CHECK(code_of(with_text("\"" + std::string(key) + "\": null")) == ErrorCode::type);
  }
  for (const char* key : {"image_size", "patch_size", "num_channels", "hidden_act"}) {
    INFO(key);
    const std::string vision = "{\"" + std::string(key) + "\": null}";
    CHECK(code_of(R"({"model_type": "clip", "vision_config": )" + vision + "}") == ErrorCode::type);
  }
  CHECK(code_of(R"({"model_type": "clip", "projection_dim": null})") == ErrorCode::type);
}

TEST_CASE("config: unsupported settings that affect results are errors that name them", "[model][error]") {
  for (const char* name : {"gelu_new", "gelu_fast", "gelu_python", "relu", "silu", "swish", "tanh"}) {
    INFO(name);
    CHECK(code_of(with_text("\"hidden_act\": \"" + std::string(name) + "\"")) == ErrorCode::unsupported);
  }
  CHECK(code_of(with_text(R"("model_type": "bert")")) == ErrorCode::unsupported);
  CHECK(code_of(R"({"model_type": "clip", "vision_config": {"model_type": "siglip_vision_model"}})") ==
        ErrorCode::unsupported);
  CHECK(code_of(R"({"model_type": "clip", "quantization_config": {"quant_method": "bitsandbytes"}})") ==
        ErrorCode::unsupported);
}

TEST_CASE("config: settings that do not affect inference are ignored", "[model]") {
  const ModelConfig plain = config(R"({"model_type": "clip"})");
  const ModelConfig read = config(R"({"model_type": "clip", "dtype": "float16", "torch_dtype": "float16",
    "architectures": ["CLIPTextModel"], "initializer_factor": 3, "tie_word_embeddings": true,
    "unheard_of": [1], "quantization_config": null, "logit_scale_init_value": 9,
    "text_config": {"attention_dropout": 0.5, "projection_dim": 7, "model_type": "clip_text_model"},
    "vision_config": {"attention_dropout": 0.5, "projection_dim": 7, "model_type": "clip_vision_model"}})");
  CHECK(read.projection_dim == plain.projection_dim);
  CHECK(read.vision.encoder.width == plain.vision.encoder.width);
  CHECK(read.text.encoder.epsilon == plain.text.encoder.epsilon);
}

TEST_CASE("config: a model_type other than CLIP's is an error before its weights are read",
          "[model][error]") {
  for (const char* type : {"clipseg", "blip", "bert"}) {
    try {
      check_model_type(R"({"model_type": ")" + std::string(type) + R"("})", "config.json");
      FAIL(type);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::unsupported);
      CHECK_THAT(error.what(), Contains(std::string("is \"") + type + "\""));
    }
  }
  for (const char* text : {R"({"model_type": "clip"})", R"({"model_type": "clip_text_model"})", "{}", "[]",
                           R"({"architecture": "vit_base"})", R"({"class_name": "CLIPBackbone"})"}) {
    CHECK_NOTHROW(check_model_type(text, "config.json"));
  }
}

TEST_CASE("config: a checkpoint of one tower has a flat config", "[model]") {
  const auto read = [](const std::string& type, const std::string& members) {
    return ModelConfig::from_json(R"({"model_type": ")" + type + "\"" + members + "}", "config.json");
  };
  struct Case {
    std::string type, members;
    bool text;
    std::int64_t width, embedding;
    std::string_view projection;
  };
  const std::string projected = R"(, "projection_dim": 7, "architectures": ["CLIPTextModelWithProjection"])";
  for (const Case& expected : std::vector<Case>{
           {"clip_text_model", "", true, 512, 512, ""},
           {"clip_text_model", R"(, "projection_dim": null, "architectures": ["CLIPTextModel"])", true, 512,
            512, ""},
           {"clip_text_model", R"(, "hidden_size": 1280, "num_attention_heads": 20)" + projected, true, 1280,
            7, "text_projection"},
           {"clip_vision_model", R"(, "architectures": ["CLIPVisionModelWithProjection"])", false, 768, 512,
            "visual_projection"},
           {"clip_vision_model", R"(, "hidden_size": 24)", false, 24, 24, ""},
           {"metaclip_2_text_model", R"(, "eos_token_id": 2)", true, 512, 512, ""},
           {"metaclip_2_vision_model", R"(, "architectures": ["MetaClip2VisionModelWithProjection"])", false,
            768, 512, "visual_projection"},
           {"siglip_text_model", R"(, "projection_size": 36)", true, 768, 36, "text_model.head"},
           {"siglip_vision_model", R"(, "hidden_size": 24)", false, 24, 24, ""}}) {
    CAPTURE(expected.type, expected.members);
    const ModelConfig config = read(expected.type, expected.members);
    CHECK(config.has_text == expected.text);
    CHECK(config.has_vision != expected.text);
    const TowerConfig& tower = expected.text ? static_cast<const TowerConfig&>(config.text) : config.vision;
    CHECK(tower.encoder.width == expected.width);
    CHECK(tower.projection.name == expected.projection);
    CHECK(config.projection_dim == expected.embedding);
  }
  CHECK(read("clip_text_model", R"(, "eos_token_id": 2)").text.pooling == Pooling::largest_id);
  CHECK(read("metaclip_2_text_model", R"(, "eos_token_id": 2)").text.pooling == Pooling::first_eos);
  CHECK(error_of([&] { read("clip_text_model", R"(, "architectures": "CLIPTextModel")"); }).code == "TYPE");
  CHECK(error_of([&] { read("siglip_vision_model", R"(, "vision_use_head": false)"); }).code == "UNSUP");
}
