// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/placeholder.h"

#include <algorithm>
#include <array>

#include "sightline/base/ascii.h"
#include "sightline/base/error.h"
#include "sightline/files/file.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxServerResponseBytes = 512;

// The beginnings of HTML pages in lower case, after white space and a byte order mark.
constexpr std::array<std::string_view, 4> kHtmlBeginnings = {"<!doctype html", "<html", "<head", "<body"};
// The beginnings of responses that hubs and web servers send instead of a file.
constexpr std::array<std::string_view, 12> kServerResponses = {
    "entry not found",     "repository not found", "not found",    "404",       "403",       "401",
    "invalid credentials", "invalid username",     "unauthorized", "forbidden", "access to", "access denied"};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

template <std::size_t N>
bool starts_with_any(std::string_view text, const std::array<std::string_view, N>& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

std::string placeholder_problem(ByteView bytes) {
  const std::string_view text = as_text(bytes.first(std::min(bytes.size(), kMaxServerResponseBytes)));
  if (text.starts_with("version https://git-lfs")) {
    return "is a Git LFS pointer, not the file itself; fetch it with: git lfs pull";
  }
  const std::string_view trimmed = trim(text);
  const std::string lower = to_lower_ascii(trimmed);
  if (starts_with_any(lower, kHtmlBeginnings)) {
    return "is an HTML page that a web server returned instead of the file; download it again";
  }
  if (bytes.size() < kMaxServerResponseBytes && starts_with_any(lower, kServerResponses)) {
    return "contains only a server response, \"" + std::string(trimmed.substr(0, trimmed.find('\n'))) +
           "\"; download it again";
  }
  return "";
}

void check_not_placeholder(ByteView bytes, std::string_view subject) {
  const std::string problem = placeholder_problem(bytes);
  if (!problem.empty()) fail(ErrorCode::magic, subject, problem);
}

std::vector<std::byte> read_model_file(const std::string& path, std::int64_t max_bytes) {
  std::vector<std::byte> bytes = read_file(path, max_bytes);
  check_not_placeholder(bytes, path);
  return bytes;
}

}  // namespace sightline
