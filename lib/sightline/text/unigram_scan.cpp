// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/unigram_scan.h"

#include <algorithm>
#include <array>

#include "sightline/base/error.h"
#include "sightline/text/json_scanner.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

constexpr std::size_t kTypicalEntryBytes = 32;
constexpr std::size_t kTypicalPieceBytes = 10;

bool scan_entries(JsonScanner& scan, std::size_t bytes, ScoredPieces& out) {
  if (!scan.take('[')) return false;
  const std::size_t typical = std::min(bytes / kTypicalEntryBytes, PieceIndex::kMaxSize);
  out.pieces.reserve(typical, typical * kTypicalPieceBytes);
  out.scores.reserve(typical);
  do {
    std::string_view piece;
    double score = 0;
    if (!scan.take('[') || !scan.read_string(piece) || !scan.take(',') || !scan.read_double(score) ||
        !scan.take(']') || std::ssize(piece) > kMaxPieceBytes || out.pieces.size() == PieceIndex::kMaxSize) {
      return false;
    }
    out.pieces.add(piece);
    out.scores.push_back(score);
  } while (scan.take(','));
  return scan.take(']');
}

/// Goes through the members of an object, whose values `read` reads.
template <class Read>
bool scan_members(JsonScanner& scan, Read read) {
  if (!scan.take('{')) return false;
  if (scan.take('}')) return true;
  do {
    std::string_view key;
    if (!scan.read_string(key) || !scan.take(':') || !read(key)) return false;
  } while (scan.take(','));
  return scan.take('}');
}

}  // namespace

std::optional<ScannedUnigram> scan_unigram_json(std::string_view text) {
  JsonScanner scan(text);
  ScannedUnigram result;
  int vocabularies = 0;
  std::size_t copied = 0;  // bytes of the text before this are in the rest
  const auto read_model_member = [&](std::string_view key) {
    if (key != "vocab") return scan.skip_value();
    if (scan.peek() != '[' || ++vocabularies > 1) return false;
    result.rest.append(text.substr(copied, scan.position() - copied)).append("[]");
    if (!scan_entries(scan, text.size() - scan.position(), result.vocabulary)) return false;
    copied = scan.position();
    return true;
  };
  const bool complete = scan_members(scan, [&](std::string_view key) {
    return key == "model" ? scan_members(scan, read_model_member) : scan.skip_value();
  });
  if (!complete || vocabularies != 1 || scan.peek() != '\0' || scan.position() != text.size())
    return std::nullopt;
  result.rest.append(text.substr(copied));
  return result;
}

ScoredPieces read_scored_pieces(const Json& vocab) {
  if (!vocab.is_array()) fail(ErrorCode::header, vocab.path(), "is not a list of tokens and scores");
  ScoredPieces out;
  vocab.for_each_element([&](const Json& entry) {
    if (!entry.is_array() || entry.size() != 2)
      fail(ErrorCode::header, entry.path(), "is not a pair of a token and its score");
    if (out.pieces.size() == PieceIndex::kMaxSize) {
      fail(ErrorCode::limit, vocab.path(),
           "has more than " + std::to_string(PieceIndex::kMaxSize) + " tokens");
    }
    bool first = true;
    entry.for_each_element([&](const Json& part) {
      if (first) {
        const std::string_view piece = part.as_string();
        if (std::ssize(piece) > kMaxPieceBytes) {
          fail(ErrorCode::limit, part.path(),
               "has " + std::to_string(piece.size()) + " bytes, at most " + std::to_string(kMaxPieceBytes) +
                   " are accepted");
        }
        out.pieces.add(piece);
      } else {
        out.scores.push_back(part.as_double());
      }
      first = false;
    });
  });
  return out;
}

}  // namespace sightline
