// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/tokenizer_settings.h"

#include <algorithm>
#include <array>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

constexpr std::string_view kConfigName = "tokenizer_config.json";
constexpr std::string_view kClassKey = "tokenizer_class";
constexpr std::array<std::string_view, 2> kCLIPClasses = {"CLIPTokenizer", "CLIPTokenizerFast"};
constexpr std::array<std::string_view, 3> kGenericClasses = {"PreTrainedTokenizerFast", "TokenizersBackend",
                                                             "PreTrainedTokenizer"};
// transformers treats a larger limit as none (LARGE_INTEGER).
constexpr double kNoLimit = 1e20;
// A text has at least a start and an end token; a smaller limit truncates nothing (measured with transformers
// 5.24).
constexpr std::int64_t kLeastLimit = 2;

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TokenizerClass class_named(std::string_view name, const std::string& subject, bool has_tokenizer_json) {
  if (contains(kCLIPClasses, name)) return TokenizerClass::clip;
  if (!contains(kGenericClasses, name)) {
    fail(ErrorCode::unsupported, subject,
         "is \"" + printable(name) + "\"; supported are CLIPTokenizer and its tokenizer.json");
  }
  if (!has_tokenizer_json) {
    fail(ErrorCode::unsupported, subject, "is \"" + printable(name) + "\", which needs a tokenizer.json");
  }
  return TokenizerClass::generic;
}

TokenizerClass read_class(const SettingsFile& config, std::string_view model_class, bool has_tokenizer_json) {
  if (const std::optional<Json> name = config.find_value(kClassKey))
    return class_named(name->as_string(), name->path(), has_tokenizer_json);
  if (!model_class.empty())
    return class_named(model_class, "config.json: tokenizer_class", has_tokenizer_json);
  return TokenizerClass::clip;
}

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

/// A number of tokens, or kNone if it is not a limit. Errors: type, range.
std::int64_t limit_of(const Json& value) {
  if (!value.is_number()) fail(ErrorCode::type, value.path(), "is not a number");
  if (!value.is_integer()) {
    if (value.as_double() > kNoLimit) return kNone;
    fail(ErrorCode::type, value.path(), "is not an integer");
  }
  const std::int64_t length = value.as_integer();
  if (length < 0)
    fail(ErrorCode::range, value.path(), "is " + std::to_string(length) + ", expected at least 0");
  return length < kLeastLimit ? kNone : length;
}

std::optional<Json> member(const std::optional<Json>& object, std::string_view key) {
  return object && object->is_object() ? object->find(key) : std::nullopt;
}

/// The truncation or padding length with which a tokenizer was saved: CLIPProcessor passes it on with each
/// text, so it takes precedence over the tokenizer's own limit.
std::optional<Json> saved_max_length(const SettingsFile& config, const std::optional<Json>& tokenizer_json) {
  constexpr std::string_view kKey = "max_length";
  std::optional<Json> value = config.find(kKey);
  if (!value) value = member(member(tokenizer_json, "truncation"), kKey);
  if (!value) value = member(member(member(tokenizer_json, "padding"), "strategy"), "Fixed");
  return value && value->is_null() ? std::nullopt : value;
}

std::int64_t read_max_length(const SettingsFile& config, const std::optional<Json>& tokenizer_json) {
  if (const std::optional<Json> saved = saved_max_length(config, tokenizer_json)) return limit_of(*saved);
  std::optional<Json> value = config.find("model_max_length");
  if (!value) value = config.find("max_len");
  return value && !value->is_null() ? limit_of(*value) : kNone;
}

/// Whether a side is the left one; nothing if neither place states it. The settings take precedence over
/// `tokenizer.json`.
std::optional<bool> is_left(std::optional<Json> side, const std::optional<Json>& part) {
  if (!side) side = member(part, "direction");
  if (!side) return std::nullopt;
  const std::string_view name = side->as_string();
  if (name != "left" && name != "right" && name != "Left" && name != "Right")
    fail(ErrorCode::header, side->path(), "is \"" + printable(name) + "\", expected \"left\" or \"right\"");
  return name == "left" || name == "Left";
}

bool holds_something(const Json& value) {
  if (value.is_null() || (value.is_bool() && !value.as_bool())) return false;
  return !(value.is_array() || value.is_object()) || value.size() > 0;
}

/// Keys that would make transformers read other files or produce other ids.
void refuse_others(const SettingsFile& config) {
  for (const std::string_view key : {"split_special_tokens", "vocab", "merges", "init_inputs"}) {
    const std::optional<Json> value = config.find(key);
    if (value && holds_something(*value))
      fail(ErrorCode::unsupported, value->path(), "is set, which is not supported");
  }
  // Of several files, transformers uses the one for its own version.
  const std::optional<Json> files = config.find_value("fast_tokenizer_files");
  if (!files) return;
  files->for_each_element([](const Json& file) {
    if (file.as_string() != "tokenizer.json")
      fail(ErrorCode::unsupported, file.path(), "names a tokenizer for one version of transformers");
  });
}

struct TokenizerSource {
  const std::optional<Json>& tokenizer_json;
  bool for_pipeline;
};

TokenizerSettings read_settings(const SettingsFile& config, const TokenizerSettingsTexts& texts,
                                TokenizerClass tokenizer_class, const TokenizerSource& source) {
  const SettingsFile map(texts.special_tokens_map, "special_tokens_map.json");
  const SettingsFile added(texts.added_tokens, "added_tokens.json");
  refuse_others(config);
  TokenizerSettings settings;
  settings.tokenizer_class = tokenizer_class;
  settings.max_length = read_max_length(config, source.tokenizer_json);
  settings.truncate_left =
      is_left(config.find("truncation_side"), member(source.tokenizer_json, "truncation")).value_or(false);
  const bool gemma = tokenizer_class == TokenizerClass::gemma || tokenizer_class == TokenizerClass::siglip2;
  if (source.for_pipeline) {  // CLIP's texts are filled by the model
    settings.pad_left =
        is_left(config.find("padding_side"), member(source.tokenizer_json, "padding")).value_or(gemma);
  }
  settings.special =
      read_special_tokens({config, map, added, source.tokenizer_json, source.for_pipeline}, tokenizer_class);
  return settings;
}

}  // namespace

TokenizerSettings read_tokenizer_settings(const TokenizerSettingsTexts& texts,
                                          const std::optional<Json>& tokenizer_json) {
  const SettingsFile config(texts.config, kConfigName);
  const TokenizerClass chosen = read_class(config, texts.model_class, tokenizer_json.has_value());
  return read_settings(config, texts, chosen, {tokenizer_json, false});
}

TokenizerClass choose_tokenizer_class(const TokenizerSettingsTexts& texts) {
  const SettingsFile config(texts.config, kConfigName);
  const std::optional<TokenizerClass> registered = class_of_model_type(texts.model_type);
  if (registered == TokenizerClass::siglip2) return *registered;
  const std::optional<Json> configured = config.find_value(kClassKey);
  const std::string_view name = configured ? configured->as_string() : texts.model_class;
  if (name.empty()) return registered.value_or(TokenizerClass::generic);
  if (registered == TokenizerClass::generic) return *registered;
  if (const std::optional<TokenizerClass> named = tokenizer_class_named(name)) return *named;
  fail(ErrorCode::unsupported, configured ? configured->path() : "config.json: tokenizer_class",
       "is \"" + printable(name) + "\", which is not supported");
}

TokenizerSettings read_pipeline_settings(const TokenizerSettingsTexts& texts, TokenizerClass tokenizer_class,
                                         const std::optional<Json>& tokenizer_json) {
  return read_settings(SettingsFile(texts.config, kConfigName), texts, tokenizer_class,
                       {tokenizer_json, true});
}

}  // namespace sightline
