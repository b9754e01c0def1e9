// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/vocabulary.h"

#include <algorithm>
#include <future>
#include <optional>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/text/limits.h"
#include "sightline/text/merges.h"
#include "sightline/text/symbols.h"
#include "sightline/text/tokenizer_pipeline.h"

namespace sightline {
namespace {

std::int32_t required(const Symbols& symbols, std::initializer_list<std::string_view> names,
                      std::string_view subject) {
  for (const std::string_view name : names) {
    if (const std::int32_t id = symbols.find(name); id >= 0) return id;
  }
  fail(ErrorCode::missing, subject, "has no token with the id " + std::string(*names.begin()));
}

/// Start and end tokens that the settings do not name.
void set_ends(Vocabulary& vocabulary, const Symbols& symbols, const SpecialTokens& special,
              std::string_view subject) {
  if (special.start.empty())
    vocabulary.start_id = required(symbols, {"<|startoftext|>", "<start_of_text>"}, subject);
  if (special.end.empty()) vocabulary.end_id = required(symbols, {"<|endoftext|>", "<end_of_text>"}, subject);
}

void add_special(Vocabulary& vocabulary, const Symbols& symbols) {
  for (const std::string_view name :
       {"<|startoftext|>", "<|endoftext|>", "<start_of_text>", "<end_of_text>"}) {
    if (const std::int32_t id = symbols.find(name); id >= 0)
      vocabulary.added.push_back({std::string(name), id, false});
  }
}

/// Tokens that the settings name: in the vocabulary, or appended to it.
void add_tokens(const SpecialTokens& special, const Symbols& symbols, Vocabulary& vocabulary) {
  if (static_cast<std::int64_t>(special.tokens.size()) > kMaxAddedTokens) {
    fail(ErrorCode::limit, "tokenizer_config.json",
         "adds " + std::to_string(special.tokens.size()) + " tokens, at most " +
             std::to_string(kMaxAddedTokens) + " are accepted");
  }
  const auto named = [&](std::string_view content) {
    return std::find_if(vocabulary.added.begin(), vocabulary.added.end(),
                        [&](const AddedToken& token) { return token.content == content; });
  };
  const bool openclip = symbols.find("<|startoftext|>") < 0 && symbols.find("<start_of_text>") >= 0;
  for (const SpecialTokens::Token& token : special.tokens) {
    const auto earlier = named(token.content);
    if (earlier != vocabulary.added.end()) {
      earlier->normalized = token.normalized;
      continue;
    }
    std::int32_t id = symbols.find(token.content);
    // If the settings name neither token, CLIP's names apply, unless the vocabulary has OpenCLIP's.
    const bool standard = token.content == "<|startoftext|>" || token.content == "<|endoftext|>";
    if (token.content.empty() || (id < 0 && standard && openclip)) continue;
    if (id < 0) id = static_cast<std::int32_t>(vocabulary.size++);
    vocabulary.added.push_back({token.content, id, token.normalized});
  }
  const auto set = [&](const std::string& content, std::int32_t& id) {
    const auto token = named(content);
    if (token != vocabulary.added.end()) id = token->id;
  };
  set(special.start.empty() ? "<|startoftext|>" : special.start, vocabulary.start_id);
  set(special.end.empty() ? "<|endoftext|>" : special.end, vocabulary.end_id);
}

/// CLIPTokenizer's treatment of the settings: its unknown token must be in the vocabulary itself.
void set_clip_tokens(const SpecialTokens& special, const Symbols& symbols, std::string_view subject,
                     Vocabulary& vocabulary) {
  set_ends(vocabulary, symbols, special, subject);
  const bool openclip = symbols.find("<|startoftext|>") < 0 && symbols.find("<start_of_text>") >= 0;
  if (special.tokens.empty() || openclip) add_special(vocabulary, symbols);
  add_tokens(special, symbols, vocabulary);
  if (!special.unknown.empty() || special.has_no_unknown) {
    vocabulary.unknown_id = special.has_no_unknown ? -1 : symbols.find(special.unknown);
  } else {
    const std::int32_t standard = symbols.find("<|endoftext|>");
    vocabulary.unknown_id = standard >= 0 ? standard : vocabulary.end_id;
  }
}

/// TokenizersBackend's use of the rest of the document.
void set_generic_tokens(const Json& root, const SpecialTokens& special, const Symbols& symbols,
                        Vocabulary& vocabulary) {
  vocabulary.unknown_id = -1;
  add_tokens(special, symbols, vocabulary);
  const EndIds ends = post_processor_ends(root);
  for (const std::int32_t id : {ends.start, ends.end}) {
    if (id < vocabulary.size) continue;
    fail(ErrorCode::mismatch, "tokenizer.json: post_processor",
         "has id " + std::to_string(id) + ", but there are " + std::to_string(vocabulary.size) + " tokens");
  }
  vocabulary.start_id = ends.start;
  vocabulary.end_id = ends.end;
  const std::optional<Json> unknown = root.at("model").find("unk_token");
  if (!unknown || unknown->is_null()) return;
  vocabulary.unknown_id = symbols.find(unknown->as_string());
  if (vocabulary.unknown_id >= 0) return;
  fail(ErrorCode::missing, unknown->path(),
       "is \"" + printable(unknown->as_string()) + "\", which is not in the vocabulary");
}

void set_limits(const TokenizerSettings& settings, Vocabulary& vocabulary) {
  vocabulary.max_length = settings.max_length;
  vocabulary.truncate_left = settings.truncate_left;
}

}  // namespace

Vocabulary read_vocabulary(std::string_view vocab_json, std::string_view merges_txt,
                           const TokenizerSettingsTexts& texts) {
  // The two texts are parsed in parallel.
  std::future<MergeList> merges = std::async(std::launch::async | std::launch::deferred,
                                             [&] { return match_or_split_merges(merges_txt); });
  const TokenizerSettings settings = read_tokenizer_settings(texts);
  const Symbols symbols = Symbols::from_vocabulary(vocab_json);
  Vocabulary vocabulary = symbols.start_vocabulary();
  set_clip_tokens(settings.special, symbols, "vocab.json", vocabulary);
  symbols.set_merges(merges.get(), vocabulary);
  set_limits(settings, vocabulary);
  return vocabulary;
}

Vocabulary read_tokenizer_json(std::string_view tokenizer_json, const TokenizerSettingsTexts& texts) {
  TokenizerDocument document(tokenizer_json);
  const Json root = document.root();
  if (!root.is_object()) fail(ErrorCode::header, "tokenizer.json", "is not a JSON object");
  const TokenizerSettings settings = read_tokenizer_settings(texts, root);
  const Json model = root.at("model");
  check_clip_pipeline(root, settings.tokenizer_class);
  model.at("merges");
  const Symbols& symbols = document.symbols();
  Vocabulary vocabulary = symbols.start_vocabulary();
  if (settings.tokenizer_class == TokenizerClass::generic) {
    set_generic_tokens(root, settings.special, symbols, vocabulary);
  } else {
    set_clip_tokens(settings.special, symbols, "tokenizer.json", vocabulary);
  }
  symbols.set_merges(document.merges(), vocabulary);
  set_limits(settings, vocabulary);
  return vocabulary;
}

}  // namespace sightline
