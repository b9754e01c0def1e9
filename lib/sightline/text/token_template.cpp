// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/token_template.h"

#include <algorithm>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

using Ids = std::vector<std::int32_t>;

std::int32_t id_of(const Json& value) { return static_cast<std::int32_t>(value.as_integer(0, INT32_MAX)); }

/// The id of ["</s>", 2].
std::int32_t id_of_pair(const Json& pair) {
  Ids ids;
  if (pair.size() != 2) fail(ErrorCode::header, pair.path(), "is not a pair of a token and its id");
  bool first = true;
  pair.for_each_element([&](const Json& part) {
    if (!first) ids.push_back(id_of(part));
    first = false;
  });
  return ids[0];
}

void append_ids(const Json& spec, std::string_view name, Ids& out) {
  const Json ids = spec.at("special_tokens").at(name).at("ids");
  if (!ids.is_array()) fail(ErrorCode::type, ids.path(), "is not a list");
  if (ids.size() > kMaxTemplateTokens)
    fail(ErrorCode::limit, ids.path(), "has " + std::to_string(ids.size()) + " ids");
  ids.for_each_element([&](const Json& id) { out.push_back(id_of(id)); });
}

TokenTemplate read_template(const Json& spec) {
  const Json single = spec.at("single");
  TokenTemplate result;
  int texts = 0;
  single.for_each_element([&](const Json& part) {
    if (const std::optional<Json> token = part.find("SpecialToken")) {
      append_ids(spec, token->at("id").as_string(), texts == 0 ? result.before : result.after);
    } else {
      if (part.at("Sequence").at("id").as_string() != "A")
        fail(ErrorCode::unsupported, part.path(), "is not the first text");
      ++texts;
    }
  });
  if (texts != 1) {
    fail(ErrorCode::unsupported, single.path(),
         "contains the text " + std::to_string(texts) + " times, expected once");
  }
  return result;
}

TokenTemplate read_processor(const Json& spec, bool may_nest);

/// Each processor adds its tokens around those of the processors before it.
TokenTemplate read_sequence(const Json& spec) {
  TokenTemplate result;
  spec.at("processors").for_each_element([&](const Json& step) {
    TokenTemplate outer = read_processor(step, false);
    outer.before.insert(outer.before.end(), result.before.begin(), result.before.end());
    result.before = std::move(outer.before);
    result.after.insert(result.after.end(), outer.after.begin(), outer.after.end());
  });
  return result;
}

TokenTemplate read_processor(const Json& spec, bool may_nest) {
  const Json type_value = spec.at("type");
  const std::string_view type = type_value.as_string();
  if (type == "TemplateProcessing") return read_template(spec);
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    TokenTemplate result;
    result.before = {id_of_pair(spec.at("cls"))};
    result.after = {id_of_pair(spec.at("sep"))};
    return result;
  }
  if (type == "ByteLevel") return {};
  if (type == "Sequence" && may_nest) return read_sequence(spec);
  fail(ErrorCode::unsupported, type_value.path(), "is \"" + printable(type) + "\", which is not supported");
}

}  // namespace

Encoding TokenTemplate::apply(Ids ids, std::int64_t max_length, bool from_left) const {
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(max_length, 0));
  const std::size_t around = before.size() + after.size();
  const std::size_t room = most > around ? most - around : 0;
  Encoding encoding;
  if (ids.size() > room) {
    encoding.truncated = true;
    if (from_left) ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(room));
    ids.resize(room);
  }
  const bool has_end = end_once && !ids.empty() && ids.back() == end_id();
  ids.insert(ids.begin(), before.begin(), before.end());
  if (!has_end) ids.insert(ids.end(), after.begin(), after.end());
  if (ids.size() > most) {
    encoding.truncated = true;
    ids.resize(most);
    if (most > 0 && !after.empty()) ids.back() = after.back();
  }
  encoding.ids = std::move(ids);
  return encoding;
}

TokenTemplate make_token_template(const Json& spec) {
  if (spec.is_null()) return {};
  TokenTemplate result = read_processor(spec, true);
  const auto around = static_cast<std::int64_t>(result.before.size() + result.after.size());
  if (around > kMaxTemplateTokens) {
    fail(ErrorCode::limit, spec.path(),
         "adds " + std::to_string(around) + " tokens to each text, at most " +
             std::to_string(kMaxTemplateTokens) + " are accepted");
  }
  return result;
}

}  // namespace sightline
