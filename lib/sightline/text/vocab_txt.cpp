// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/vocab_txt.h"

#include <algorithm>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/limits.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr std::string_view kName = "vocab.txt";

/// Rust's str::trim_end(): the characters with White_Space.
std::string_view without_trailing_space(std::string_view line) {
  while (!line.empty()) {
    std::size_t last = line.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(line[last]) & 0xC0) == 0x80) --last;
    if (character_class(decode_utf8(line.substr(last))[0]) != CharacterClass::space) break;
    line = line.substr(0, last);
  }
  return line;
}

}  // namespace

PieceList read_vocab_txt(std::string_view text) {
  if (std::ssize(text) > kMaxTokenizerBytes) fail(ErrorCode::limit, kName, "is larger than 128 MiB");
  if (!is_utf8(text)) fail(ErrorCode::utf8, kName, "is not UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) fail(ErrorCode::header, kName, "starts with a BOM");
  if (text.find('\0') != std::string_view::npos) fail(ErrorCode::header, kName, "contains a NUL byte");
  PieceList pieces;
  pieces.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1, text.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view piece = without_trailing_space(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (std::ssize(piece) > kMaxPieceBytes) {
      fail(ErrorCode::limit, std::string(kName) + ": line " + std::to_string(pieces.size() + 1),
           "is longer than " + std::to_string(kMaxPieceBytes) + " bytes");
    }
    pieces.add(piece);
  }
  if (pieces.size() == 0) fail(ErrorCode::header, kName, "contains no tokens");
  return pieces;
}

}  // namespace sightline
