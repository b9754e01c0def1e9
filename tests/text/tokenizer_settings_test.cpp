// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/tokenizer_settings.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "support/catch.h"

using namespace sightline;

namespace {

std::string refusal(const std::string& config, const std::string& model_class = "") {
  try {
    read_tokenizer_settings({config, "", "", model_class});
  } catch (const Error& error) {
    return std::string(class_name(error.code())) + " " + error.what();
  }
  return "none";
}

std::int64_t max_length(const std::string& config) {
  return read_tokenizer_settings({config, "", "", ""}).max_length;
}

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

}  // namespace

// tokenizer_folders_test.cpp tests how accepted values affect ids.
TEST_CASE("tokenizer settings: model_max_length", "[text]") {
  CHECK(max_length("{}") == kNone);
  CHECK(max_length(R"({"model_max_length": 16})") == 16);
  CHECK(max_length(R"({"model_max_length": 2})") == 2);
  CHECK(max_length(R"({"model_max_length": 1})") == kNone);
  CHECK(max_length(R"({"model_max_length": 1e30})") == kNone);
  CHECK(max_length(R"({"model_max_length": 1000000000000000019884624838656})") > 1'000'000);
  CHECK(max_length(R"({"model_max_length": null, "max_len": 5})") == kNone);
  CHECK(max_length(R"({"max_len": 5})") == 5);
  CHECK_THAT(refusal(R"({"model_max_length": -1})"),
             StartsWith("RANGE tokenizer_config.json: model_max_length"));
  CHECK_THAT(refusal(R"({"model_max_length": 77.0})"),
             StartsWith("TYPE tokenizer_config.json: model_max_length"));
  CHECK_THAT(refusal(R"({"model_max_length": "77"})"), StartsWith("TYPE"));
  CHECK_THAT(refusal(R"({"model_max_length": [77]})"), StartsWith("TYPE"));
}

// Measured with transformers 5.24: CLIPProcessor(text, truncation=True).
TEST_CASE("tokenizer settings: the length with which a tokenizer was saved", "[text]") {
  CHECK(max_length(R"({"max_length": 9, "model_max_length": 16})") == 9);
  CHECK(max_length(R"({"max_length": 16, "model_max_length": 9})") == 16);
  CHECK(max_length(R"({"max_length": null, "model_max_length": 16})") == 16);
  CHECK(max_length(R"({"max_length": 1, "model_max_length": 16})") == kNone);
  CHECK_THAT(refusal(R"({"max_length": -1})"), StartsWith("RANGE tokenizer_config.json: max_length"));
  CHECK_THAT(refusal(R"({"max_length": "5"})"), StartsWith("TYPE tokenizer_config.json: max_length"));

  const std::string cut = R"("truncation": {"direction": "Right", "max_length": 5, "stride": 0})";
  const std::string filled = R"("padding": {"strategy": {"Fixed": 7}, "pad_id": 0, "pad_token": "!"})";
  const std::string longest = R"("padding": {"strategy": "BatchLongest", "pad_id": 0, "pad_token": "!"})";
  const auto of = [](const std::string& config, const std::string& tokenizer) {
    const JsonDocument document(tokenizer, "tokenizer.json");
    return read_tokenizer_settings({config, "", "", ""}, document.root()).max_length;
  };
  CHECK(of("", "{" + cut + "}") == 5);
  CHECK(of(R"({"model_max_length": 16})", "{" + cut + "}") == 5);
  CHECK(of(R"({"model_max_length": 4})", "{" + cut + "}") == 5);
  CHECK(of(R"({"max_length": 9})", "{" + cut + "}") == 9);
  CHECK(of(R"({"max_length": null, "model_max_length": 16})", "{" + cut + "}") == 16);
  CHECK(of("", "{" + filled + "}") == 7);
  CHECK(of("", "{" + filled + ", " + cut + "}") == 5);
  CHECK(of(R"({"model_max_length": 16})", "{" + longest + R"(, "truncation": null})") == 16);
  CHECK(of(R"({"model_max_length": 16})", R"({"truncation": null, "padding": null})") == 16);
}

TEST_CASE("tokenizer settings: another class is rejected by name", "[text][error]") {
  for (const std::string name : {"BertTokenizer", "GPT2TokenizerFast", "SiglipTokenizer", ""}) {
    INFO(name);
    CHECK_THAT(refusal(R"({"tokenizer_class": ")" + name + "\"}"),
               StartsWith("UNSUP tokenizer_config.json: tokenizer_class") && Contains("is \"" + name + "\""));
  }
  CHECK_THAT(refusal("{}", "BertTokenizer"), StartsWith("UNSUP config.json: tokenizer_class"));
  CHECK(refusal(R"({"tokenizer_class": "CLIPTokenizer"})", "BertTokenizer") == "none");
  CHECK_THAT(refusal(R"({"tokenizer_class": "PreTrainedTokenizerFast"})"),
             Contains("needs a tokenizer.json"));
  CHECK_THAT(refusal(R"({"tokenizer_class": 5})"), StartsWith("TYPE"));
}

TEST_CASE("tokenizer settings: unsupported keys are rejected", "[text][error]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"split_special_tokens": true})", "UNSUP tokenizer_config.json: split_special_tokens"},
      {R"({"vocab": {"a": 0}})", "UNSUP tokenizer_config.json: vocab"},
      {R"({"merges": ["a b"]})", "UNSUP tokenizer_config.json: merges"},
      {R"({"fast_tokenizer_files": ["tokenizer.4.0.0.json"]})",
       "UNSUP tokenizer_config.json: fast_tokenizer_files[0]"},
      {R"({"truncation_side": "middle"})", "HEADER tokenizer_config.json: truncation_side"},
      {R"({"bos_token": null})", "TYPE tokenizer_config.json: bos_token"},
      {R"({"eos_token": null})", "TYPE tokenizer_config.json: eos_token"},
  };
  for (const auto& [config, expected] : cases) CHECK_THAT(refusal(config), StartsWith(expected));
  CHECK(refusal(R"({"split_special_tokens": false, "vocab": null, "init_inputs": [], "pad_token": null})") ==
        "none");
}
