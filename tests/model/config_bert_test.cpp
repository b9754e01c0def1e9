// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sightline/model/config.h"
#include "sightline/model/config_writer.h"
#include "sightline/model/family.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

ModelConfig config(const std::string& text) { return ModelConfig::from_json(text, "config.json"); }
std::string code_of(const std::string& type, const std::string& text_members) {
  return error_of([&] {
           (void)config(R"({"model_type": ")" + type + R"(", "text_config": {)" + text_members + "}}");
         })
      .code;
}

}  // namespace

TEST_CASE("Chinese-CLIP config: the defaults are those of transformers", "[model][bert]") {
  const ModelConfig read = config(R"({"model_type": "chinese_clip"})");
  CHECK(read.family->name == "chinese_clip");
  CHECK(read.projection_dim == 512);
  CHECK(read.vision.encoder.activation == Activation::quick_gelu);
  const TextTowerConfig& text = read.text;
  CHECK(text.encoder.width == 768);
  CHECK(text.encoder.layers == 12);
  CHECK(text.encoder.epsilon == 1e-12F);
  CHECK(text.encoder.activation == Activation::gelu);
  CHECK(text.encoder.norm_order == NormOrder::after);
  CHECK(text.mask == Mask::none);
  CHECK(text.pooling == Pooling::first);
  CHECK(text.vocabulary_size == 30522);
  CHECK(text.context_length == 512);
  CHECK(text.token_types == 2);
  CHECK_FALSE(text.final_norm);
}

TEST_CASE("AltCLIP config: the defaults are those of transformers", "[model][bert]") {
  const ModelConfig read = config(R"({"model_type": "altclip"})");
  CHECK(read.projection_dim == 768);
  const TextTowerConfig& text = read.text;
  CHECK(text.encoder.width == 1024);
  CHECK(text.encoder.layers == 24);
  CHECK(text.encoder.epsilon == 1e-5F);
  CHECK(text.vocabulary_size == 250002);
  CHECK(text.position_offset == 2);
  CHECK(text.context_length == 512);
  CHECK(text.positions() == 514);
  CHECK(text.token_types == 1);
  CHECK(text.projection.hidden.value().units == 768);
}

TEST_CASE("BERT configs: what is written is read again", "[model][bert]") {
  for (const std::string text : {R"({"model_type": "chinese_clip", "projection_dim": 1024,
      "text_config": {"vocab_size": 21128, "hidden_size": 1024, "num_attention_heads": 16},
      "vision_config": {"patch_size": 14, "image_size": 336}})",
                                 R"({"model_type": "altclip", "projection_dim": 1024,
      "text_config": {"project_dim": 640, "pad_token_id": 3, "type_vocab_size": 4}})"}) {
    const ModelConfig read = config(text);
    const std::string written = config_json(read, "float32");
    const ModelConfig again = config(written);
    CHECK(config_json(again, "float32") == written);
    CHECK(again.family == read.family);
    CHECK(again.text.positions() == read.text.positions());
    CHECK(again.text.position_offset == read.text.position_offset);
    CHECK(again.text.token_types == read.text.token_types);
    CHECK(again.text.encoder.epsilon == read.text.encoder.epsilon);
    CHECK(again.projection_dim == 1024);
  }
}

TEST_CASE("M-CLIP config: the sizes are those of the model that it names", "[model][bert]") {
  const ModelConfig large = config(R"({"model_type": "M-CLIP", "modelBase": "xlm-roberta-large",
    "numDims": 512, "transformerDimensions": 1024, "pad_token_id": null})");
  CHECK_FALSE(large.has_vision);
  CHECK(large.projection_dim == 512);
  CHECK(large.text.encoder.layers == 24);
  CHECK(large.text.positions() == 514);
  CHECK(large.text.pooling == Pooling::mean);
  CHECK(large.text.projection.bias);
  const ModelConfig labse = config(R"({"model_type": "M-CLIP", "modelBase": "setu4993/LaBSE"})");
  CHECK(labse.text.vocabulary_size == 501153);
  CHECK(labse.tokenizer.class_name == "BertTokenizer");
  const auto code = [](const std::string& members) {
    return error_of([&] { (void)config(R"({"model_type": "M-CLIP", )" + members + "}"); }).code;
  };
  CHECK(code(R"("modelBase": "t5-large")") == "UNSUP");
  CHECK(code(R"("transformerDimensions": 768)") == "MISMATCH");
  CHECK(code(R"("quantization_config": {"quant_method": "gptq"})") == "UNSUP");
}

TEST_CASE("sentence-transformers config: the defaults are those of its classes", "[model][bert]") {
  const ModelConfig read = config(R"({"model_type": "sentence-transformers",
    "transformer": {"model_type": "distilbert"}, "pooling": {},
    "dense": {"activation_function": "torch.nn.modules.linear.Identity", "out_features": 512}})");
  CHECK_FALSE(read.has_vision);
  CHECK(read.projection_dim == 512);
  CHECK(read.text.projection.bias);
  CHECK(read.text.encoder.layers == 6);
  CHECK(read.text.encoder.heads == 12);
  CHECK(read.text.encoder.mlp_width == 3072);
  CHECK(read.text.encoder.epsilon == 1e-12F);
  CHECK(read.text.pooling == Pooling::mean);
  CHECK(read.text.vocabulary_size == 30522);
  CHECK(read.text.context_length == 512);
  CHECK(read.tokenizer.class_name == "DistilBertTokenizer");
}

TEST_CASE("sentence-transformers config: what would change the results is refused", "[model][error][bert]") {
  struct Parts {
    std::string transformer = {}, pooling = {}, dense = R"("bias": false)", others = {};
  };
  const auto with = [](const Parts& parts) {
    const auto object = [](const std::string& key, const std::string& first, const std::string& members) {
      return "\"" + key + "\": {" + first + (first.empty() || members.empty() ? "" : ", ") + members + "}";
    };
    return R"({"model_type": "sentence-transformers", )" +
           object("transformer", R"("model_type": "distilbert")", parts.transformer) + ", " +
           object("pooling", "", parts.pooling) + ", " +
           object("dense", R"("activation_function": "torch.nn.modules.linear.Identity")", parts.dense) +
           (parts.others.empty() ? "" : ", ") + parts.others + "}";
  };
  const ModelConfig read =
      config(with({.pooling = R"("pooling_mode": "mean", "embedding_dimension": 768)",
                   .others = R"("sentence_bert_config": {"max_seq_length": 128, "do_lower_case": false},
                                "config_sentence_transformers": {"default_prompt_name": null})"}));
  CHECK(read.text.context_length == 128);
  CHECK(read.text.positions() == 512);
  const auto code = [&](const Parts& parts) { return error_of([&] { (void)config(with(parts)); }).code; };
  CHECK(code({.transformer = R"("activation": "silu")"}) == "UNSUP");
  CHECK(code({.transformer = R"("n_heads": 7)"}) == "RANGE");
  CHECK(code({.transformer = R"("dim": null)"}) == "TYPE");
  CHECK(code({.transformer = R"("quantization_config": {})"}) == "UNSUP");
  CHECK(code({.pooling = R"("pooling_mode": "cls")"}) == "UNSUP");
  CHECK(code({.pooling = R"("pooling_mode": ["mean", "max"])"}) == "UNSUP");
  CHECK(code({.pooling = R"("pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true)"}) == "UNSUP");
  CHECK(code({.pooling = R"("pooling_mode_mean_tokens": false)"}) == "UNSUP");
  CHECK(code({.pooling = R"("word_embedding_dimension": 512)"}) == "MISMATCH");
  CHECK(code({.dense = R"("in_features": 512)"}) == "MISMATCH");
  CHECK(code({.dense = R"("use_residual": true)"}) == "UNSUP");
  CHECK(code({.dense = R"("module_output_name": "other")"}) == "UNSUP");
  CHECK(code({.others = R"("sentence_bert_config": {"do_lower_case": true})"}) == "UNSUP");
  CHECK(code({.others = R"("config_sentence_transformers": {"default_prompt_name": "query"})"}) == "UNSUP");
  const auto type_and_activation = [&](const std::string& type, const std::string& activation) {
    return error_of([&] {
             (void)config(R"({"model_type": "sentence-transformers", "transformer": {"model_type": ")" +
                          type + R"("}, "dense": {"activation_function": "torch.nn.modules.)" + activation +
                          R"("}})");
           })
        .message;
  };
  CHECK_THAT(type_and_activation("mpnet", "linear.Identity"), Contains("mpnet"));
  CHECK_THAT(type_and_activation("distilbert", "activation.Tanh"), Contains("Tanh"));
}

TEST_CASE("config: each family reads the towers that transformers saves alone", "[model]") {
  struct Tower {
    std::string type, members;
    bool texts;
    std::int64_t embedding;
    const char* projection;
  };
  const Tower tower = GENERATE(values<Tower>({
      {"siglip2_text_model", R"("projection_size": 24)", true, 24, "text_model.head"},
      {"siglip2_vision_model", R"("num_patches": 64)", false, 48, ""},
      {"chinese_clip_vision_model", "", false, 48, ""},
      {"altclip_text_model", R"("project_dim": 40)", true, 40, "text_model.transformation"},
      {"altclip_vision_model", "", false, 48, ""},
      {"metaclip_2_text_model", "", true, 48, ""},
      {"metaclip_2_vision_model",
       R"("architectures": ["MetaClip2VisionModelWithProjection"], "projection_dim": 40)", false, 40,
       "visual_projection"},
  }));
  CAPTURE(tower.type);
  const ModelConfig read =
      config(R"({"model_type": ")" + tower.type + R"(", "hidden_size": 48, "num_attention_heads": 4)" +
             (tower.members.empty() ? "" : ", ") + tower.members + "}");
  CHECK(tower.type.starts_with(read.family->name));
  CHECK(read.has_text == tower.texts);
  CHECK(read.has_vision != tower.texts);
  CHECK(read.projection_dim == tower.embedding);
  CHECK((tower.texts ? read.text.projection : read.vision.projection).name == tower.projection);
  CHECK((tower.texts ? read.text.encoder : read.vision.encoder).width == 48);
}

TEST_CASE("Chinese-CLIP config: the text tower alone is refused", "[model][error][bert]") {
  const Failure failure = error_of([] { (void)config(R"({"model_type": "chinese_clip_text_model"})"); });
  CHECK(failure.code == "UNSUP");
  CHECK_THAT(failure.message, Contains("pooler"));
}

TEST_CASE("BERT configs: what would change the results is refused", "[model][error][bert]") {
  const std::string type = GENERATE("chinese_clip", "altclip");
  CHECK(code_of(type, R"("position_embedding_type": "relative_key")") == "UNSUP");
  CHECK(code_of(type, R"("model_type": "clip_text_model")") == "UNSUP");
  CHECK(code_of(type, R"("type_vocab_size": 0)") == "RANGE");
  CHECK(code_of(type, R"("hidden_act": "silu")") == "UNSUP");
  CHECK(code_of(type, R"("vocab_size": null)") == "TYPE");
  CHECK(code_of("altclip", R"("max_position_embeddings": 3)") == "RANGE");
  CHECK(code_of("altclip", R"("pad_token_id": null)") == "TYPE");
}
