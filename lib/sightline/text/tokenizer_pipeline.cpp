// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/tokenizer_pipeline.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

// CLIP's normaliser, splitters and pattern, as the tokenizers library writes them. Without the two special
// names the pattern gives the same pieces, because ByteLevel's own pattern splits those names again.
constexpr std::array<std::string_view, 3> kNormalizers = {"NFC", "Replace", "Lowercase"};
constexpr std::array<std::string_view, 2> kSplitters = {"Split", "ByteLevel"};
constexpr std::string_view kSpecials = R"(<\|startoftext\|>|<\|endoftext\|>|)";
constexpr std::string_view kPattern = R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";

// A post-processor that adds nothing or only start and end tokens, so that CLIPTokenizer's own can replace
// it.
constexpr std::array<std::string_view, 4> kPostProcessors = {"RobertaProcessing", "TemplateProcessing",
                                                             "ByteLevel", "Sequence"};

[[noreturn]] void fail_other(const Json& value, std::string_view expected) {
  std::string problem = "is ";
  if (value.is_string()) problem += "\"" + printable(value.as_string()) + "\", which is ";
  fail(ErrorCode::unsupported, value.path(),
       problem + "not CLIP's tokenizer; expected " + std::string(expected));
}

// `object[key]` must be CLIP's string.
void expect_string(const Json& object, std::string_view key, std::string_view wanted) {
  const std::optional<Json> value = object.find(key);
  if (value && value->is_string() && value->as_string() == wanted) return;
  fail_other(value.value_or(object), std::string(key) + " \"" + std::string(wanted) + "\"");
}
void expect_no_text(const Json& object, std::string_view key) {
  const std::optional<Json> value = object.find(key);
  if (!value || value->is_null() || (value->is_string() && value->as_string().empty())) return;
  fail_other(*value, "no " + std::string(key));
}

// The elements of root[part][list], whose types must be `types` in this order.
std::vector<Json> sequence(const Json& root, std::string_view part, std::string_view list,
                           std::span<const std::string_view> types) {
  const std::optional<Json> whole = root.find(part);
  if (!whole || !whole->is_object())
    fail_other(whole.value_or(root), std::string(part) + " other than CLIP's");
  expect_string(*whole, "type", "Sequence");
  std::vector<Json> elements;
  const Json array = whole->at(list);
  array.for_each_element([&](const Json& element) { elements.push_back(element); });
  if (elements.size() != types.size()) fail_other(array, std::to_string(types.size()) + " steps");
  for (std::size_t i = 0; i < types.size(); ++i) expect_string(elements[i], "type", types[i]);
  return elements;
}

void check_normalizer(const Json& root) {
  const std::vector<Json> steps = sequence(root, "normalizer", "normalizers", kNormalizers);
  expect_string(steps[1].at("pattern"), "Regex", R"(\s+)");
  expect_string(steps[1], "content", " ");
}

/// The type; "" if it is null or absent.
std::string_view type_of_part(const Json& root, std::string_view part) {
  const std::optional<Json> whole = root.find(part);
  return whole && !whole->is_null() ? whole->at("type").as_string() : std::string_view();
}

void check_pre_tokenizer(const Json& root, TokenizerClass tokenizer_class) {
  // The form that transformers wrote before 4.17.
  if (tokenizer_class == TokenizerClass::clip && type_of_part(root, "pre_tokenizer") == "ByteLevel") return;
  const std::vector<Json> steps = sequence(root, "pre_tokenizer", "pretokenizers", kSplitters);
  const Json pattern = steps[0].at("pattern").at("Regex");
  std::string_view text = pattern.as_string();
  if (text.starts_with(kSpecials)) text.remove_prefix(kSpecials.size());
  if (text != kPattern) fail_other(pattern, std::string("the pattern ").append(kPattern));
  expect_string(steps[0], "behavior", "Removed");
  expect_flag(steps[0], "invert", true);
  if (!steps[0].find("invert")) fail_other(steps[0], "invert true");
  expect_flag(steps[1], "add_prefix_space", false);
  expect_flag(steps[1], "use_regex", true);
}

void check_model(const Json& model) {
  const std::optional<Json> type = model.find("type");
  if (type && type->is_string() && type->as_string() != "BPE") {
    fail(ErrorCode::unsupported, type->path(),
         "is \"" + printable(type->as_string()) + "\", expected CLIP's \"BPE\"");
  }
  expect_string(model, "end_of_word_suffix", kEndOfWord);
  expect_no_text(model, "continuing_subword_prefix");
  const std::optional<Json> dropout = model.find("dropout");
  if (dropout && !dropout->is_null() && dropout->as_double() != 0) fail_other(*dropout, "no dropout");
  for (const std::string_view flag : {"fuse_unk", "byte_fallback", "ignore_merges"}) {
    expect_flag(model, flag, false);
  }
}

std::int32_t id_of(const Json& value) { return static_cast<std::int32_t>(value.as_integer(0, INT32_MAX)); }

EndIds roberta_ends(const Json& processor) {
  const auto id = [&](std::string_view key) {
    std::vector<Json> pair;
    const Json token = processor.at(key);
    token.for_each_element([&](const Json& element) { pair.push_back(element); });
    if (pair.size() != 2) fail(ErrorCode::header, token.path(), "is not a pair of a token and its id");
    return id_of(pair[1]);
  };
  return {id("cls"), id("sep")};
}

/// [start] $A [end]
EndIds template_ends(const Json& processor) {
  const Json single = processor.at("single");
  std::vector<std::optional<std::int32_t>> ids;  // null for the text itself
  single.for_each_element([&](const Json& piece) {
    const std::optional<Json> token = piece.find("SpecialToken");
    if (!token) {
      piece.at("Sequence");
      ids.emplace_back();
      return;
    }
    const Json list = processor.at("special_tokens").at(token->at("id").as_string()).at("ids");
    if (list.size() != 1) fail_other(list, "one id");
    list.for_each_element([&](const Json& id) { ids.emplace_back(id_of(id)); });
  });
  if (ids.size() != 3 || !ids[0] || ids[1] || !ids[2]) fail_other(single, "a start, the text and an end");
  return {*ids[0], *ids[2]};
}

}  // namespace

void expect_flag(const Json& object, std::string_view key, bool wanted) {
  const std::optional<Json> value = object.find(key);
  if (!value || value->is_null() || (value->is_bool() && value->as_bool() == wanted)) return;
  fail_other(*value, std::string(key) + (wanted ? " true" : " false"));
}

void check_clip_pipeline(const Json& root, TokenizerClass tokenizer_class) {
  check_model(root.at("model"));
  check_normalizer(root);
  check_pre_tokenizer(root, tokenizer_class);
  const std::string_view type = type_of_part(root, "post_processor");
  if (type.empty() ||
      std::find(kPostProcessors.begin(), kPostProcessors.end(), type) != kPostProcessors.end())
    return;
  fail_other(root.at("post_processor").at("type"), "start and end tokens around each text");
}

EndIds post_processor_ends(const Json& root) {
  const std::string_view type = type_of_part(root, "post_processor");
  if (type == "RobertaProcessing") return roberta_ends(root.at("post_processor"));
  if (type == "TemplateProcessing") return template_ends(root.at("post_processor"));
  if (type.empty())
    fail(ErrorCode::unsupported, "tokenizer.json: post_processor",
         "is absent, so texts have no start and end tokens");
  fail_other(root.at("post_processor").at("type"), "RobertaProcessing or TemplateProcessing");
}

}  // namespace sightline
