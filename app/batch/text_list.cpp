// SPDX-License-Identifier: Apache-2.0
#include "batch/text_list.h"

#include <algorithm>

#include "batch/inputs.h"
#include "cli/failure.h"

namespace sightline::app {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kUTF16Remedy = "if it is UTF-16, convert it: iconv -f UTF-16 -t UTF-8";
constexpr std::string_view kNullRemedy = "use -0 for NUL-separated paths, as find -print0 writes them";

std::string expected(ListKind what) {
  return what == ListKind::paths ? ", expected one path per line" : ", expected UTF-8 text";
}

bool begins_like_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

[[noreturn]] void fail_utf16(const std::string& name, ListKind what) {
  fail_inputs(ErrorCode::header, name, "line 1 begins with a UTF-16 byte order mark" + expected(what),
              kUTF16Remedy);
}

[[noreturn]] void fail_null(const std::string& name, std::int64_t line, ListKind what) {
  std::string remedy(kUTF16Remedy);
  if (what == ListKind::paths) remedy = std::string(kNullRemedy) + "; " + remedy;
  fail_inputs(ErrorCode::header, name, "line " + std::to_string(line) + " has a NUL byte" + expected(what),
              remedy);
}

/// Detects UTF-16 by its byte order mark or by a NUL byte.
void require_text(std::string_view text, const std::string& name, ListKind what) {
  if (begins_like_utf16(text)) fail_utf16(name, what);
  const std::size_t null = text.find('\0');
  if (null == std::string_view::npos) return;
  const auto before = text.substr(0, null);
  fail_null(name, 1 + std::ranges::count(before, '\n'), what);
}

}  // namespace

std::vector<ListLine> read_list(const std::string& path, ListKind what) {
  const std::string text = read_text_file(path);
  require_text(text, path == "-" ? "standard input" : path, what);
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  std::vector<ListLine> lines;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back({std::string(line), static_cast<std::int64_t>(lines.size()) + 1});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

void require_text_line(std::string_view line, std::int64_t number, const std::string& name, ListKind what) {
  if (number == 1 && begins_like_utf16(line)) fail_utf16(name, what);
  if (line.find('\0') != std::string_view::npos) fail_null(name, number, what);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace sightline::app
