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
std::string code_of(const std::string& members) {
  return error_of([&] { (void)config(R"({"model_type": "metaclip_2", )" + members + "}"); }).code;
}

}  // namespace

TEST_CASE("MetaCLIP 2 config: the defaults are CLIP's, as in transformers", "[model][metaclip2]") {
  const ModelConfig read = config(R"({"model_type": "metaclip_2"})");
  CHECK(read.family->name == "metaclip_2");
  ModelConfig clip = config(R"({"model_type": "clip", "text_config": {}})");
  clip.family = read.family;
  CHECK(config_json(read, "float32") == config_json(clip, "float32"));
}

TEST_CASE("MetaCLIP 2 config: an end of 2 is that id and not the largest one", "[model][metaclip2]") {
  const ModelConfig worldwide = config(R"({"model_type": "metaclip_2", "projection_dim": 1024,
    "text_config": {"vocab_size": 901629, "eos_token_id": 2, "hidden_size": 1024, "num_attention_heads": 16},
    "vision_config": {"hidden_act": "gelu", "patch_size": [14, 14], "image_size": 378}})");
  CHECK(worldwide.text.pooling == Pooling::first_eos);
  CHECK(worldwide.text.eos_token_id == 2);
  CHECK(worldwide.text.vocabulary_size == 901629);
  CHECK(worldwide.text.mask == Mask::causal);
  CHECK(worldwide.vision.encoder.activation == Activation::gelu);
  CHECK(worldwide.vision.tokens() == 730);
  const std::string written = config_json(worldwide, "float32");
  CHECK(config_json(config(written), "float32") == written);
  CHECK(config(written).text.pooling == Pooling::first_eos);
}

TEST_CASE("MetaCLIP 2 config: what would change the results is refused", "[model][error][metaclip2]") {
  CHECK(code_of(R"("text_config": {"eos_token_id": [2]})") == "TYPE");
  CHECK(code_of(R"("text_config": {"model_type": "clip_text_model"})") == "UNSUP");
  CHECK(code_of(R"("text_config": {"vocab_size": 1048577})") == "RANGE");
  CHECK(code_of(R"("quantization_config": {"quant_method": "gptq"})") == "UNSUP");
}
