#include "sightline/text/special_tokens.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/io/json.h"

namespace sightline {
namespace {

using Token = SpecialTokens::Token;

// In the order in which transformers adds them.
constexpr std::array<std::string_view, 7> kNames = {"bos_token", "eos_token", "unk_token", "sep_token",
                                                    "pad_token", "cls_token", "mask_token"};
constexpr std::array<std::string_view, 2> kLists = {"additional_special_tokens", "extra_special_tokens"};

/// A model without a limit has a model_max_length of 10^30, which is no 64-bit integer: long numbers are cut.
std::string with_short_numbers(std::string_view text) {
  constexpr std::size_t kMostDigits = 18;
  std::string out;
  bool quoted = false;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    digits = !quoted && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kMostDigits) continue;
    out += c;
    if (quoted && c == '\\' && i + 1 < text.size()) out += text[++i];
    if (c == '"') quoted = !quoted;
  }
  return out;
}

/// One of the files; without it, and without what it does not hold, there is nothing to find.
class Settings {
 public:
  Settings(std::string_view text, std::string_view name) {
    if (text.empty()) return;
    document_.emplace(with_short_numbers(text), name);
    if (!document_->root().is_object()) fail(ErrorCode::header, name, "is not a JSON object");
  }
  std::optional<Json> find(std::string_view key) const {
    if (!document_) return std::nullopt;
    std::optional<Json> value = document_->root().find(key);
    return value && value->is_null() ? std::nullopt : value;
  }
  std::optional<Json> root() const { return document_ ? std::optional(document_->root()) : std::nullopt; }

 private:
  std::optional<JsonDocument> document_;
};

/// A token is its content, or an object; `special` where that does not say.
Token read_token(const Json& value, bool special) {
  if (!value.is_object()) return {std::string(value.as_string()), !special};
  const auto flag = [&](std::string_view key, bool otherwise) {
    const std::optional<Json> found = value.find(key);
    return found && !found->is_null() ? found->as_bool() : otherwise;
  };
  if (flag("single_word", false)) {
    fail(ErrorCode::unsupported, value.path(), "counts as a single word only, which CLIP's tokens do not");
  }
  return {std::string(value.at("content").as_string()), flag("normalized", !flag("special", special))};
}

std::int64_t id_of(std::string_view digits, const Json& value) {
  std::int64_t id = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size() || id < 0)
    fail(ErrorCode::range, value.path(), "does not have an id for its key");
  return id;
}

struct Reader {
  const Settings& config;
  const Settings& map;
  SpecialTokens result;
  std::map<std::int64_t, Token> added = {};  ///< by id
  std::set<std::string> seen = {};           ///< tokens with their flags

  bool is_added(const std::string& content) const {
    return std::any_of(added.begin(), added.end(),
                       [&](const auto& entry) { return entry.second.content == content; });
  }

  /// Of equal tokens the first counts, of those that only have the same content the last. A string and an
  /// object are never equal.
  void add(const Json& value, bool special) {
    Token token = read_token(value, special || !value.is_object());
    std::string key = token.content;
    if (value.is_object()) {
      for (const std::string_view name : {"normalized", "lstrip", "rstrip", "special"}) {
        const std::optional<Json> flag = value.find(name);
        const bool otherwise = name == "normalized" ? token.normalized : name == "special" && special;
        key += (flag && flag->is_bool() ? flag->as_bool() : otherwise) ? '\1' : '\0';
      }
    }
    if (seen.insert(key).second) result.tokens.push_back(std::move(token));
  }
  void add_default(std::string_view content) {
    if (seen.insert(std::string(content)).second) result.tokens.push_back({std::string(content), false});
  }

  /// Each in the map before the config, but for a config that says everything itself.
  void read_named(bool complete) {
    const std::array<std::string*, 3> ends = {&result.start, &result.end, &result.unknown};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const std::optional<Json> mapped = complete ? std::nullopt : map.find(kNames[i]);
      const std::optional<Json> value = mapped ? mapped : config.find(kNames[i]);
      if (value) {
        add(*value, mapped.has_value());
        if (i < ends.size()) *ends[i] = read_token(*value, true).content;
      } else if (i < ends.size() || kNames[i] == "pad_token") {
        add_default(i == 0 ? "<|startoftext|>" : "<|endoftext|>");
      }
    }
    for (const std::string_view list : kLists) {
      for (const Settings* file : {&config, complete ? nullptr : &map}) {
        const std::optional<Json> values = file != nullptr ? file->find(list) : std::nullopt;
        if (values && values->is_array())
          values->for_each_element([&](const Json& value) { add(value, true); });
      }
    }
  }

  void read_added(const std::optional<Json>& decoder, const Settings& file) {
    if (decoder) {
      decoder->for_each_member([&](std::string_view id, const Json& value) {
        added[id_of(id, value)] = read_token(value, false);
      });
    } else if (const std::optional<Json> ids = file.root()) {
      ids->for_each_member([&](std::string_view content, const Json& id) {
        const auto same = [&](const Token& token) { return token.content == content; };
        const bool special = std::any_of(result.tokens.begin(), result.tokens.end(), same);
        added[id.as_integer(0, INT32_MAX)] = {std::string(content), !special};
      });
    }
  }
};

}  // namespace

SpecialTokens read_special_tokens(std::string_view tokenizer_config, std::string_view special_tokens_map,
                                  std::string_view added_tokens) {
  const Settings config(tokenizer_config, "tokenizer_config.json");
  const Settings map(special_tokens_map, "special_tokens_map.json");
  const Settings file(added_tokens, "added_tokens.json");
  if (!config.root() && !map.root() && !file.root()) return {};
  const std::optional<Json> decoder = config.find("added_tokens_decoder");
  Reader reader{config, map, {}};
  reader.read_named(decoder.has_value());
  reader.read_added(decoder, file);
  // Those with an id first, then those that only have a name.
  SpecialTokens result{{}, reader.result.start, reader.result.end, reader.result.unknown};
  for (const auto& [id, token] : reader.added) result.tokens.push_back(token);
  for (Token& token : reader.result.tokens) {
    if (!reader.is_added(token.content)) result.tokens.push_back(std::move(token));
  }
  return result;
}

}  // namespace sightline
