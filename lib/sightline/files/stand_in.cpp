// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/stand_in.h"

#include <algorithm>
#include <array>

#include "sightline/base/ascii.h"
#include "sightline/base/error.h"
#include "sightline/files/file.h"

namespace sightline {
namespace {

constexpr std::size_t kLongestAnswer = 512;

// How pages of the web begin, behind blanks and a byte order mark, in small letters.
constexpr std::array<std::string_view, 4> kPages = {"<!doctype html", "<html", "<head", "<body"};
// What hubs and web servers answer in the place of a file.
constexpr std::array<std::string_view, 12> kAnswers = {
    "entry not found",     "repository not found", "not found",    "404",       "403",       "401",
    "invalid credentials", "invalid username",     "unauthorized", "forbidden", "access to", "access denied"};

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

template <std::size_t N>
bool starts_with_one(std::string_view text, const std::array<std::string_view, N>& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

std::string stand_in(ByteView bytes) {
  const std::string_view text = as_text(bytes.first(std::min(bytes.size(), kLongestAnswer)));
  if (text.starts_with("version https://git-lfs")) {
    return "is a git-lfs pointer, not the file itself; get it with: git lfs pull";
  }
  const std::string_view words = without_blanks(text);
  const std::string small = to_lower_ascii(words);
  if (starts_with_one(small, kPages)) {
    return "is an HTML page, what a web server answered in place of the file; download it again";
  }
  if (bytes.size() < kLongestAnswer && starts_with_one(small, kAnswers)) {
    return "holds only the answer of a server, \"" + std::string(words.substr(0, words.find('\n'))) +
           "\"; download it again";
  }
  return "";
}

void check_no_stand_in(ByteView bytes, std::string_view subject) {
  const std::string what = stand_in(bytes);
  if (!what.empty()) fail(ErrorCode::magic, subject, what);
}

std::vector<std::byte> read_model_file(const std::string& path, std::int64_t max_bytes) {
  std::vector<std::byte> bytes = read_file(path, max_bytes);
  check_no_stand_in(bytes, path);
  return bytes;
}

}  // namespace sightline
