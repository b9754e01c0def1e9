// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/model_texts.h"

#include <string_view>

#include "sightline/convert/config_rewrite.h"
#include "sightline/model/config_writer.h"
#include "sightline/model/config_writer_openclip.h"
#include "sightline/model/family.h"
#include "sightline/model/tokenizer_files.h"

namespace sightline {
namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

constexpr std::int64_t kMaxSmallFile = 256LL << 20;
constexpr std::string_view kConfig = "config.json", kTokenizerJson = "tokenizer.json";
constexpr std::string_view kOpenCLIPConfig = "open_clip_config.json";

std::string text_of(const ModelFiles& files, std::string_view name) {
  return std::string(as_text(files.read(name, kMaxSmallFile)));
}

/// Hugging Face's readers skip the first line, which other libraries do not write.
std::string with_version_line(std::string merges) {
  if (!merges.starts_with("#version")) merges.insert(0, "#version: 0.2\n");
  return merges;
}

/// Whether the files are laid out as in a Hugging Face folder. Only then do the files next to them have the
/// same format.
bool is_hf_tokenizer(const TokenizerFiles& tokenizer) {
  return tokenizer.vocabulary.empty() || tokenizer.vocabulary == "vocab.json";
}

std::string token_lines(bool openclip) {
  const std::string start = openclip ? "<start_of_text>" : "<|startoftext|>";
  const std::string end = openclip ? "<end_of_text>" : "<|endoftext|>";
  return "  \"bos_token\": \"" + start + "\",\n  \"eos_token\": \"" + end + "\",\n  \"pad_token\": \"" + end +
         "\",\n  \"unk_token\": \"" + end + "\"";
}
std::string special_tokens(bool openclip) { return "{\n" + token_lines(openclip) + "\n}\n"; }
std::string tokenizer_config(bool openclip, std::int64_t context_length) {
  return "{\n  \"add_prefix_space\": false,\n  \"do_lower_case\": true,\n  \"errors\": \"replace\",\n  "
         "\"model_max_length\": " +
         std::to_string(context_length) + ",\n  \"tokenizer_class\": \"CLIPTokenizer\",\n" +
         token_lines(openclip) + "\n}\n";
}

std::string config_text(const Conversion& conversion, std::optional<DType> dtype) {
  const ModelSource& source = conversion.model.source();
  if (source.dialect == Dialect::hf && !source.config.empty() && !needs_openclip_config(conversion.model)) {
    const std::string text =
        source.combined_config.empty() ? text_of(source.files, kConfig) : source.combined_config;
    return dtype ? with_dtype(text, source.config, dtype_name(*dtype)) : text;
  }
  const std::string_view projection = conversion.model.config().text.projection.name;
  const DType stored = conversion.model.checkpoint().find(std::string(projection) + ".weight")->dtype;
  return config_json(conversion.model.config(), dtype_name(dtype.value_or(stored)));
}

// Adds the vocabulary and merges under Hugging Face's names, and the two files that name the special tokens,
// copied from the source if it has them. special_tokens_map.json overrides tokenizer_config.json, so it is
// empty if only the latter is copied.
void add_tokenizer(const ModelFiles& source, const ModelConfig& config, Texts& texts) {
  const TokenizerFiles tokenizer = find_tokenizer(source);
  const ModelFiles& files = tokenizer.files;
  if (config.tokenizer.source != TokenizerSource::clip) {
    for (const std::string& name : tokenizer.names()) texts.emplace_back(name, text_of(files, name));
    return;
  }
  const bool hf = is_hf_tokenizer(tokenizer);
  bool openclip = false;
  if (!tokenizer.vocabulary.empty()) {
    texts.emplace_back("vocab.json", text_of(files, tokenizer.vocabulary));
    openclip = texts.back().second.find("\"<start_of_text>\"") != std::string::npos;
    texts.emplace_back("merges.txt", with_version_line(text_of(files, tokenizer.merges)));
  }
  if (hf && files.has(kTokenizerJson)) texts.emplace_back(kTokenizerJson, text_of(files, kTokenizerJson));
  if (!tokenizer.added_tokens.empty())
    texts.emplace_back(tokenizer.added_tokens, text_of(files, tokenizer.added_tokens));
  const auto add = [&](std::string_view name, const std::string& fallback) {
    texts.emplace_back(name, hf && files.has(name) ? text_of(files, name) : fallback);
  };
  add("special_tokens_map.json", tokenizer.config.empty() ? special_tokens(openclip) : "{}\n");
  add("tokenizer_config.json", tokenizer_config(openclip, config.text.context_length));
}

}  // namespace

bool needs_openclip_config(const Model& model) {
  return model.source().config.ends_with(kOpenCLIPConfig) && model.config().family != &clip_family();
}

Texts own_openclip_texts(const Conversion& conversion) {
  Texts texts;
  texts.emplace_back(kOpenCLIPConfig, text_of(conversion.model.source().files, kOpenCLIPConfig));
  if (conversion.tokenizer) add_tokenizer(*conversion.tokenizer, conversion.model.config(), texts);
  return texts;
}

// The preprocessing is always written as one flat preprocessor_config.json of the family's class, because
// transformers 4 and 5 read that alike. They disagree about a processor_config.json, and about class names,
// nulls and flags of other files.
Texts model_texts(const Conversion& conversion, std::optional<DType> dtype) {
  Texts texts;
  texts.emplace_back(kConfig, config_text(conversion, dtype));
  if (conversion.model.config().has_vision) {
    texts.emplace_back("preprocessor_config.json",
                       preprocessor_config_json(conversion.model.processor().image_config(),
                                                conversion.model.config().family->image_processor));
  }
  if (conversion.tokenizer) add_tokenizer(*conversion.tokenizer, conversion.model.config(), texts);
  return texts;
}

Texts openclip_texts(const Conversion& conversion, std::optional<DType>) {
  const ModelConfig& config = conversion.model.config();
  Texts texts;
  texts.emplace_back(kOpenCLIPConfig,
                     openclip_config_json(config, conversion.model.processor().image_config()));
  if (conversion.tokenizer) add_tokenizer(*conversion.tokenizer, config, texts);
  return texts;
}

}  // namespace sightline
