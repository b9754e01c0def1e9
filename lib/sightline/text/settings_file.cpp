// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/settings_file.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

std::string with_short_numbers(std::string_view text) {
  constexpr std::size_t kMaxDigits = 18;
  std::string out;
  bool quoted = false;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    digits = !quoted && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kMaxDigits) continue;
    out += c;
    if (quoted && c == '\\' && i + 1 < text.size()) out += text[++i];
    if (c == '"') quoted = !quoted;
  }
  return out;
}

}  // namespace

SettingsFile::SettingsFile(std::string_view text, std::string_view name) {
  if (text.empty()) return;
  document_.emplace(with_short_numbers(text), name);
  if (!document_->root().is_object()) fail(ErrorCode::header, name, "is not a JSON object");
}

std::optional<Json> SettingsFile::find(std::string_view key) const {
  return document_ ? document_->root().find(key) : std::nullopt;
}

std::optional<Json> SettingsFile::find_value(std::string_view key) const {
  std::optional<Json> value = find(key);
  return value && value->is_null() ? std::nullopt : value;
}

}  // namespace sightline
