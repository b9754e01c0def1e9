// SPDX-License-Identifier: Apache-2.0
#include "batch/text_list.h"

#include <algorithm>

#include "batch/inputs.h"
#include "cli/failure.h"

namespace sightline::app {
namespace {

constexpr std::string_view kUTF16Remedy = "if it is UTF-16, convert it: iconv -f UTF-16 -t UTF-8";
constexpr std::string_view kNullRemedy = "use -0 for NUL-separated paths, as find -print0 writes them";

std::string expected(ListKind what) {
  return what == ListKind::paths ? ", expected one path per line" : ", expected UTF-8 text";
}

std::string list_name(const std::string& path) { return path == "-" ? "standard input" : path; }

}  // namespace

void refuse_utf16(std::string_view text, const std::string& path, ListKind what) {
  if (!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF")) return;
  fail_inputs(ErrorCode::header, list_name(path),
              "line 1 begins with a UTF-16 byte order mark" + expected(what), kUTF16Remedy);
}

void fail_null_byte(const std::string& path, std::int64_t number, ListKind what) {
  std::string remedy(kUTF16Remedy);
  if (what == ListKind::paths) remedy = std::string(kNullRemedy) + "; " + remedy;
  fail_inputs(ErrorCode::header, list_name(path),
              "line " + std::to_string(number) + " has a NUL byte" + expected(what), remedy);
}

std::vector<ListLine> read_list(const std::string& path) {
  const std::string text = read_text_file(path);
  std::string_view rest = text;
  refuse_utf16(rest, path, ListKind::texts);
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  std::vector<ListLine> lines;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    const std::int64_t number = std::ssize(lines) + 1;
    require_text_line(line, number, path, ListKind::texts);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back({std::string(line), number});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

void require_text_line(std::string_view line, std::int64_t number, const std::string& path, ListKind what) {
  if (number == 1) refuse_utf16(line, path, what);
  if (line.find('\0') != std::string_view::npos) fail_null_byte(path, number, what);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace sightline::app
