// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "sightline/base/error.h"
#include "sightline/model/family.h"

namespace sightline {
namespace {

/// "clip", "siglip" or "siglip2"
std::string expected_types() {
  std::string names;
  for (const Family* family : families()) {
    if (!names.empty()) names += family == families().back() ? " or " : ", ";
    names.append("\"").append(family->name).append("\"");
  }
  return names;
}

[[noreturn]] void fail_type(const Json& type) {
  fail(ErrorCode::unsupported, type.path(),
       "is \"" + std::string(type.as_string()) + "\", expected " + expected_types());
}

}  // namespace

std::span<const Family* const> families() {
  static const std::array all = {
      &clip_family(),         &siglip_family(),  &siglip2_family(), &metaclip2_family(),
      &chinese_clip_family(), &altclip_family(), &m_clip_family(),  &sentence_transformers_family()};
  return all;
}

bool has_model_type(const Json& config, const Family& family) {
  const std::optional<Json> type = config.find("model_type");
  if (!type) return false;
  const std::string_view name = type->as_string();
  return name == family.name || std::ranges::count(family.tower_types, name) > 0;
}

const Family& family_of(const Json& config) {
  for (const Family* family : families()) {
    if (family->recognizes(config)) return *family;
  }
  if (const std::optional<Json> type = config.find("model_type")) fail_type(*type);
  fail(ErrorCode::missing, config.path(), "has neither model_type nor text_config");
}

void check_model_type(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  const Json root = document.root();
  const std::optional<Json> type = root.is_object() ? root.find("model_type") : std::nullopt;
  if (!type || !type->is_string()) return;
  if (std::ranges::none_of(families(), [&](const Family* family) { return has_model_type(root, *family); }))
    fail_type(*type);
}

}  // namespace sightline
