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
Failure failure(const std::string& members) {
  return error_of([&] { (void)config(R"({"model_type": "siglip", )" + members + "}"); });
}

}  // namespace

TEST_CASE("SigLIP config: an empty one is base-patch16-224, as in transformers", "[model][siglip]") {
  const ModelConfig read = config(R"({"model_type": "siglip"})");
  CHECK(read.family->name == "siglip");
  for (const EncoderConfig& encoder : {read.vision.encoder, read.text.encoder}) {
    CHECK(encoder.width == 768);
    CHECK(encoder.heads == 12);
    CHECK(encoder.mlp_width == 3072);
    CHECK(encoder.layers == 12);
    CHECK(encoder.epsilon == 1e-6F);
    CHECK(encoder.activation == Activation::gelu_tanh);
  }
  CHECK(read.vision.image_size == 224);
  CHECK(read.vision.patch_size == 16);
  CHECK(read.vision.tokens() == 196);
  CHECK(read.vision.pooling == Pooling::attention_map);
  CHECK(read.vision.projection.name.empty());
  CHECK(read.text.vocabulary_size == 32000);
  CHECK(read.text.context_length == 64);
  CHECK(read.text.pooling == Pooling::last);
  CHECK(read.text.mask == Mask::none);
  CHECK(read.text.pad_id == 1);
  CHECK(read.projection_dim == 768);
  CHECK(read.head.logit_bias);
}

TEST_CASE("SigLIP config: the sizes of so400m-patch14-384 and of giant-opt", "[model][siglip]") {
  const ModelConfig so400m = config(R"({"model_type": "siglip",
    "text_config": {"hidden_size": 1152, "intermediate_size": 4304, "num_attention_heads": 16,
                    "num_hidden_layers": 27, "vocab_size": 256000, "pad_token_id": 0},
    "vision_config": {"hidden_size": 1152, "intermediate_size": 4304, "num_attention_heads": 16,
                      "num_hidden_layers": 27, "image_size": 384, "patch_size": 14}})");
  CHECK(so400m.vision.tokens() == 729);
  CHECK(so400m.projection_dim == 1152);
  CHECK(so400m.text.pad_id == 0);
  const ModelConfig giant = config(R"({"model_type": "siglip",
    "text_config": {"hidden_size": 1152, "num_attention_heads": 16, "projection_size": 1536},
    "vision_config": {"hidden_size": 1536, "num_attention_heads": 16}})");
  CHECK(giant.projection_dim == 1536);
  const ModelConfig back = config(config_json(giant, "float32"));
  CHECK(config_json(back, "float32") == config_json(giant, "float32"));
  CHECK(back.projection_dim == 1536);
}

TEST_CASE("SigLIP config: what would change the results is refused", "[model][error][siglip]") {
  CHECK(failure(R"("vision_config": {"vision_use_head": false})").code == "UNSUP");
  CHECK(failure(R"("vision_config": {"model_type": "clip_vision_model"})").code == "UNSUP");
  CHECK(failure(R"("vision_config": {"hidden_size": 1536})").code == "MISMATCH");
  CHECK(failure(R"("text_config": {"pad_token_id": 32000})").code == "RANGE");
  CHECK(failure(R"("text_config": {"hidden_act": "silu"})").code == "UNSUP");
  CHECK(failure(R"("quantization_config": {"quant_method": "gptq"})").code == "UNSUP");
  const Failure other = error_of([] { (void)config(R"({"model_type": "siglip3"})"); });
  CHECK(other.code == "UNSUP");
  CHECK_THAT(other.message, Contains("\"siglip\"") && Contains(" or "));
}

TEST_CASE("NaFlex config: sizes, what is written, and what is refused", "[model][naflex]") {
  const ModelConfig read = config(R"({"model_type": "siglip2"})");
  CHECK(read.family->name == "siglip2");
  CHECK(read.vision.is_naflex());
  CHECK(read.vision.max_patches == 256);
  CHECK(read.vision.tokens() == 256);
  CHECK(read.vision.patch_kernel() == Shape{768, 768});
  CHECK(read.vision.encoder.activation == Activation::gelu_tanh);
  CHECK(read.text.context_length == 64);
  const ModelConfig other = config(R"({"model_type": "siglip2", "text_config": {"pad_token_id": 0},
    "vision_config": {"patch_size": 8, "num_patches": 36, "model_type": "siglip2_vision_model"}})");
  CHECK(other.vision.side() == 6);
  CHECK(other.vision.patch_kernel() == Shape{768, 192});
  CHECK(config_json(config(config_json(other, "float32")), "float32") == config_json(other, "float32"));
  const auto code_of = [](const std::string& vision) {
    return error_of([&] { (void)config(R"({"model_type": "siglip2", "vision_config": {)" + vision + "}}"); })
        .code;
  };
  CHECK(code_of(R"("num_patches": 200)") == "RANGE");
  CHECK(code_of(R"("num_patches": 0)") == "RANGE");
  CHECK(code_of(R"("num_patches": null)") == "TYPE");
  CHECK(code_of(R"("num_channels": 1)") == "UNSUP");
  CHECK(code_of(R"("vision_use_head": false)") == "UNSUP");
  CHECK(code_of(R"("model_type": "siglip_vision_model")") == "UNSUP");
}

TEST_CASE("family: layouts of CLIP models alone refuse others by name", "[model][error][siglip]") {
  const ModelConfig siglip = config(R"({"model_type": "siglip"})");
  CHECK_THAT(error_of([&] { check_clip_inputs(siglip, "OpenAI's format"); }).message,
             Contains("OpenAI's format") && Contains("not for SigLIP"));
  CHECK_NOTHROW(check_clip_inputs(ModelConfig(), "OpenAI's format"));
}
