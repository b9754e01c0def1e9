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

/// Detects UTF-16 by its byte order mark or by a NUL byte.
void require_text(std::string_view text, const std::string& name, ListKind what) {
  const bool paths = what == ListKind::paths;
  const std::string expected = paths ? ", expected one path per line" : ", expected UTF-8 text";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    fail_inputs(ErrorCode::header, name, "line 1 begins with a UTF-16 byte order mark" + expected,
                kUTF16Remedy);
  }
  const std::size_t null = text.find('\0');
  if (null == std::string_view::npos) return;
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(null), '\n');
  std::string remedy(kUTF16Remedy);
  if (paths) remedy = std::string(kNullRemedy) + "; " + remedy;
  fail_inputs(ErrorCode::header, name, "line " + std::to_string(line) + " has a NUL byte" + expected, remedy);
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

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace sightline::app
