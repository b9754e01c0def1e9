// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/layer_names.h"

#include <cstdint>
#include <map>
#include <mutex>

#include "sightline/base/error.h"

namespace sightline::keras {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_word(char c) {
  return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// re.sub("(.)([A-Z][a-z]+)", r"\1_\2", text)
std::string split_words(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    out += text[i++];
    if (i + 1 >= text.size() || !is_upper(text[i]) || !is_lower(text[i + 1])) continue;
    out.append("_").append(1, text[i++]);
    while (i < text.size() && is_lower(text[i])) out += text[i++];
  }
  return out;
}

// re.sub("([a-z])([A-Z])", r"\1_\2", text)
std::string split_cases(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    out += text[i++];
    if (i < text.size() && is_lower(text[i - 1]) && is_upper(text[i])) out.append("_").append(1, text[i++]);
  }
  return out;
}

// The number of names that were made from `name` before.
std::int64_t count_of(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::int64_t, std::less<>> counts;
  const std::lock_guard lock(mutex);
  return counts[name]++;
}

}  // namespace

std::string snake_case(std::string_view class_name) {
  std::string words;
  for (const char c : class_name) {
    if (is_word(c)) words += c;
  }
  std::string name = split_cases(split_words(words));
  for (char& c : name) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

void check_name(std::string_view name, std::string_view kind) {
  if (!name.empty() && name.find('/') == std::string_view::npos) return;
  fail(ErrorCode::range, kind,
       "has the name '" + std::string(name) + "', expected one that is not empty and has no '/'");
}

std::string checked_or_numbered_name(const std::optional<std::string>& given, std::string_view class_name,
                                     std::string_view kind) {
  std::string name = given ? *given : snake_case(class_name);
  check_name(name, kind);
  if (given) return name;
  const std::int64_t count = count_of(name);
  return count == 0 ? name : name + "_" + std::to_string(count);
}

}  // namespace sightline::keras
