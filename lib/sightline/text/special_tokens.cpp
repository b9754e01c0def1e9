// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/special_tokens.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

using Token = SpecialTokens::Token;

// In the order in which transformers adds them.
constexpr std::array<std::string_view, 7> kNames = {"bos_token", "eos_token", "unk_token", "sep_token",
                                                    "pad_token", "cls_token", "mask_token"};
constexpr std::size_t kStart = 0, kEnd = 1, kUnknown = 2, kPadding = 4;
constexpr std::int64_t kMaxExtraIds = 1024;

bool flag_of(const Json& value, std::string_view key, bool fallback) {
  const std::optional<Json> found = value.find(key);
  return found && !found->is_null() ? found->as_bool() : fallback;
}

/// A token as one of the files specifies it.
struct Found {
  Token token;
  bool has_normalized = true;
  std::string key;  ///< equal for two tokens that transformers treats as one

  /// A named token is special and matched in the raw text, unless its object states otherwise.
  void set_special() { token.normalized = token.normalized && has_normalized; }
};

Found from_text(std::string_view content) {
  Found found;
  found.token.content = content;
  found.token.special = true;
  found.key = content;
  return found;
}

/// A token's content, or an object; `special` is the default for an object that does not set it. A string and
/// an object are never equal.
Found read_token(const Json& value, bool special) {
  if (!value.is_object()) return from_text(value.as_string());
  special = flag_of(value, "special", special);
  Found found;
  found.token.special = special;
  found.token.single_word = flag_of(value, "single_word", false);
  found.token.lstrip = flag_of(value, "lstrip", false);
  found.token.rstrip = flag_of(value, "rstrip", false);
  found.token.content = value.at("content").as_string();
  found.token.normalized = flag_of(value, "normalized", !special);
  const std::optional<Json> normalized = value.find("normalized");
  found.has_normalized = normalized && !normalized->is_null();
  found.key = found.token.content;
  const Token& token = found.token;
  for (const bool flag : {token.normalized, token.lstrip, token.rstrip, special, token.single_word})
    found.key += flag ? '\1' : '\0';
  return found;
}

std::int64_t id_of(std::string_view digits, const Json& value) {
  std::int64_t id = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size() || id < 0)
    fail(ErrorCode::range, value.path(), "has no id as its key");
  return id;
}

bool is_model_specific(std::string_view key) {
  return key.ends_with("_token") && std::find(kNames.begin(), kNames.end(), key) == kNames.end();
}

bool is_token_object(const Json& value) {
  const std::optional<Json> type = value.is_object() ? value.find("__type") : std::nullopt;
  return type && type->is_string() && type->as_string() == "AddedToken";
}

struct Reader {
  const TokenSources& from;
  TokenizerClass tokenizer_class;
  /// If the config has an `added_tokens_decoder`, no other file defines tokens.
  bool complete;
  SpecialTokens named = {};                  ///< all tokens without an explicit id
  std::map<std::int64_t, Found> added = {};  ///< by id
  std::set<std::string> keys = {};           ///< keys of the named tokens
  std::set<std::string> special = {};        ///< contents that are special in `added_tokens.json`
  std::set<std::string> names = {};          ///< contents of tokens that have their own name

  /// `read_token` of a source whose tokens are searched for in texts.
  Found read(const Json& value, bool is_special) const {
    Found found = read_token(value, is_special);
    if (found.token.single_word && !from.for_pipeline)
      fail(ErrorCode::unsupported, value.path(), "has single_word set, which is not supported");
    return found;
  }

  /// Of equal tokens the first counts; of tokens that only have the same content, the last.
  void add(Found found) {
    if (keys.insert(found.key).second) named.tokens.push_back(std::move(found.token));
  }
  void add_named(Found found) {
    names.insert(found.token.content);
    found.set_special();
    add(std::move(found));
  }
  void add_text(std::string_view content) { add_named(from_text(content)); }

  /// The seven names that every transformers tokenizer has; for each, the map takes precedence over the
  /// config.
  void read_named() {
    const std::array<std::string*, 7> texts = {&named.start,     &named.end,     &named.unknown,
                                               &named.separator, &named.padding, &named.classification,
                                               nullptr};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const std::optional<Json> mapped = complete ? std::nullopt : from.map.find(kNames[i]);
      const std::optional<Json> value = mapped ? mapped : from.config.find(kNames[i]);
      if (!value) {
        add_default(i, texts[i]);
      } else if (!value->is_null()) {
        Found found = read(*value, mapped.has_value());
        if (texts[i] != nullptr) *texts[i] = found.token.content;
        if (value->is_string() || mapped) special.insert(found.token.content);
        add_named(std::move(found));
      } else if (i == kUnknown) {
        named.has_no_unknown = true;
      } else if ((i == kStart || i == kEnd) && tokenizer_class == TokenizerClass::clip) {
        fail(ErrorCode::type, value->path(), "is null, but a text needs a start and an end token");
      }
    }
  }

  void add_default(std::size_t name, std::string* text) {
    if (const std::string_view content = default_token(tokenizer_class, kNames[name]); !content.empty()) {
      if (text != nullptr && tokenizer_class != TokenizerClass::clip) *text = content;
      add_text(content);
    }
    if (tokenizer_class != TokenizerClass::generic || name != kPadding || !from.tokenizer_json) return;
    const std::optional<Json> padding = from.tokenizer_json->find("padding");
    if (!padding || !padding->is_object()) return;
    Found found = read(padding->at("pad_token"), true);
    *text = found.token.content;
    add_named(std::move(found));
  }

  /// Other keys that end in "_token", and the members of lists that are objects.
  void read_model_specific() {
    std::vector<std::pair<std::string, Json>> tokens;
    const auto set = [&](std::string_view key, const Json& value) {
      for (auto& [name, existing] : tokens) {
        if (name == key) {
          existing = value;
          return;
        }
      }
      tokens.emplace_back(key, value);
    };
    const auto for_each = [](const std::optional<Json>& object, auto visit) {
      if (object && object->is_object()) object->for_each_member(visit);
    };
    for_each(from.config.root(), [&](std::string_view key, const Json& value) {
      if (is_model_specific(key) && is_token_object(value)) set(key, value);
    });
    if (!complete) {
      for_each(from.map.root(), [&](std::string_view key, const Json& value) {
        if (!is_model_specific(key)) return;
        if (value.is_string() || value.is_object()) set(key, value);
        if (value.is_null()) std::erase_if(tokens, [&](const auto& token) { return token.first == key; });
      });
    }
    for_each(from.config.root(), [&](std::string_view key, const Json& value) {
      if (is_model_specific(key) && value.is_string()) set(key, value);
    });
    for_each(config_list(), set);
    if (!complete) for_each(from.map.find("extra_special_tokens"), set);
    for (const auto& [name, value] : tokens) add_named(read(value, !is_token_object(value)));
  }

  /// Whether the config's `additional_special_tokens`, the old name, applies because the new one is empty.
  bool uses_old_list() const {
    const std::optional<Json> extra = from.config.find("extra_special_tokens");
    const bool holds = extra && (extra->is_array() || extra->is_object()) && extra->size() > 0;
    return !holds && from.config.find("additional_special_tokens");
  }
  std::optional<Json> config_list() const {
    return from.config.find(uses_old_list() ? "additional_special_tokens" : "extra_special_tokens");
  }

  void read_lists() {
    const auto add_all = [&](const std::optional<Json>& list) {
      if (!list || !list->is_array()) return;
      list->for_each_element([&](const Json& value) {
        Found found = read(value, !is_token_object(value));
        if (value.is_string()) special.insert(found.token.content);
        if (names.contains(found.token.content)) found.set_special();
        add(std::move(found));
      });
    };
    const std::optional<Json> config = config_list();
    const std::optional<Json> map = complete ? std::nullopt : from.map.find("extra_special_tokens");
    if (!map || map->is_array()) add_all(config);  // otherwise the map replaces it
    add_all(map);
    const std::optional<Json>& last = map ? map : config;
    if (last && !last->is_object()) return;
    const std::optional<Json> additional =
        complete ? std::nullopt : from.map.find("additional_special_tokens");
    if (additional || !uses_old_list())
      add_all(additional ? additional : from.config.find("additional_special_tokens"));
  }

  /// T5Tokenizer's sentinels, which a list in the settings replaces.
  void read_extra_ids() {
    for (const std::string_view key : {"extra_special_tokens", "additional_special_tokens"})
      named.has_list = named.has_list || from.config.find(key);
    named.has_list = named.has_list || (!complete && from.map.find("extra_special_tokens"));
    if (tokenizer_class != TokenizerClass::t5 || named.has_list) return;
    const std::int64_t count = sightline::read_extra_ids(from.config);
    for (std::int64_t i = 0; i < count; ++i) add(from_text("<extra_id_" + std::to_string(i) + ">"));
  }

  void read_added() {
    if (complete) {
      from.config.find("added_tokens_decoder")->for_each_member([&](std::string_view id, const Json& value) {
        added[id_of(id, value)] = read(value, false);
      });
      return;
    }
    if (const std::optional<Json> ids = from.added.root()) {
      ids->for_each_member([&](std::string_view content, const Json& id) {
        Found found = from_text(content);
        found.token.special = special.contains(found.token.content);
        found.token.normalized = !found.token.special;
        added[id.as_integer(0, INT32_MAX)] = std::move(found);
      });
    }
    for_each_listed(
        [&](const Json& token) { added[token.at("id").as_integer(0, INT32_MAX)] = read(token, false); });
  }

  /// `added_tokens` of `tokenizer.json`.
  template <class Visit>
  void for_each_listed(Visit visit) const {
    const std::optional<Json> list =
        from.tokenizer_json ? from.tokenizer_json->find("added_tokens") : std::nullopt;
    if (!list || list->is_null()) return;
    const std::int64_t most = from.for_pipeline ? kMaxPipelineTokens : kMaxAddedTokens;
    if (list->size() > most) {
      fail(ErrorCode::limit, list->path(),
           "has " + std::to_string(list->size()) + " tokens, at most " + std::to_string(most) +
               " are accepted");
    }
    list->for_each_element([&](const Json& token) {
      if (token.at("content").as_string().empty()) fail(ErrorCode::header, token.path(), "is an empty token");
      visit(token);
    });
  }
};

}  // namespace

std::int64_t read_extra_ids(const SettingsFile& config) {
  const std::optional<Json> count = config.find_value("extra_ids");
  return count ? count->as_integer(0, kMaxExtraIds) : 100;
}

SpecialTokens read_special_tokens(const TokenSources& sources, TokenizerClass tokenizer_class) {
  const bool any = sources.config.root() || sources.map.root() || sources.added.root();
  if (!any && !sources.tokenizer_json && !sources.for_pipeline) return {};
  Reader reader{sources, tokenizer_class, sources.config.find("added_tokens_decoder").has_value()};
  reader.read_named();
  reader.read_model_specific();
  reader.read_lists();
  reader.read_extra_ids();
  reader.read_added();
  SpecialTokens result = reader.named;
  result.tokens.clear();
  // A `tokenizer.json` that is used in full defines its own tokens first, in its own order.
  std::set<std::string> listed;
  if (tokenizer_class == TokenizerClass::generic) {
    reader.for_each_listed([&](const Json& value) {
      Found found = reader.read(value, false);
      listed.insert(found.key);
      result.tokens.push_back(std::move(found.token));
    });
  }
  // Then tokens with an id, then tokens that only have a name.
  for (auto& [id, found] : reader.added) {
    if (listed.contains(found.key)) continue;
    if (reader.names.contains(found.token.content)) found.set_special();
    found.token.id = id;
    result.tokens.push_back(found.token);
  }
  std::set<std::string> with_id;
  for (const Token& token : result.tokens) with_id.insert(token.content);
  for (Token& token : reader.named.tokens) {
    if (!with_id.contains(token.content)) result.tokens.push_back(std::move(token));
  }
  return result;
}

}  // namespace sightline
