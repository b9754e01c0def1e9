// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/merges.h"

#include <algorithm>
#include <array>

#include "sightline/base/format.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxMerges = 1'000'000;
constexpr std::size_t kMaxMergesBytes = 64 << 20;
constexpr std::size_t kMaxMergeLine = 4096;

std::string location(std::int64_t line) { return "merges.txt: line " + std::to_string(line); }
std::string location(const Json& merge) { return merge.path(); }

struct JsonPlace {
  const Json* list;
  std::size_t index;
};
std::string location(const JsonPlace& at) { return at.list->path() + "[" + std::to_string(at.index) + "]"; }

/// Adds merges in rank order; `Where` describes the location of each. They are looked up in batches with
/// prefetching, because the tables are larger than the caches.
template <class Where>
class MergeReader {
 public:
  MergeReader(const SymbolTable& symbols, std::size_t count) : symbols_(symbols), merger_(count) {}

  void add(std::string_view left, std::string_view right, const Where& where) {
    batch_.push_back({left, right, where, symbols_.probe(left), symbols_.probe(right)});
    if (batch_.size() == kBatch) flush();
  }
  BytePairMerger take() {
    flush();
    return std::move(merger_);
  }

 private:
  void flush() {
    for (PendingMerge& w : batch_) {
      w.ids[0] = symbols_.find(w.left, w.left_probe);
      w.ids[1] = symbols_.find(w.right, w.right_probe);
      merged_.assign(w.left).append(w.right);
      // OpenAI's vocabulary lists the results in the order of the merges.
      w.ids[2] = symbols_.has_id(last_ + 1, merged_) ? last_ + 1 : symbols_.find(merged_);
      last_ = w.ids[2];
      merger_.prefetch(w.ids[0], w.ids[1]);
    }
    for (const PendingMerge& w : batch_) add_merge(w);
    batch_.clear();
  }

  static constexpr std::size_t kBatch = 32;
  struct PendingMerge {
    std::string_view left, right;
    Where where;
    SymbolTable::Probe left_probe, right_probe;
    std::array<std::int32_t, 3> ids{};
  };

  void add_merge(const PendingMerge& w) {
    const auto [a, b, c] = w.ids;
    if (a < 0 || b < 0 || c < 0) {
      const std::string missing_symbol(a < 0   ? w.left
                                       : b < 0 ? w.right
                                               : std::string(w.left).append(w.right));
      fail(ErrorCode::mismatch, location(w.where),
           "needs \"" + printable(missing_symbol) + "\", which is not in the vocabulary");
    }
    if (!merger_.add(a, b, c)) {
      fail(ErrorCode::duplicate, location(w.where),
           "duplicates an earlier merge: " + printable(w.left) + " " + printable(w.right));
    }
  }

  const SymbolTable& symbols_;
  BytePairMerger merger_;
  std::vector<PendingMerge> batch_;
  std::string merged_;
  std::int32_t last_ = -1;
};

// One merge: two symbols separated by one space.
std::optional<SymbolPair> split_merge(std::string_view line) {
  const std::size_t space = line.find(' ');
  const bool two = space != std::string_view::npos && space > 0 && space + 1 < line.size() &&
                   line.find(' ', space + 1) == std::string_view::npos;
  if (!two) return std::nullopt;
  return SymbolPair{line.substr(0, space), line.substr(space + 1)};
}

// A list of two symbols.
std::optional<SymbolPair> pair_of(const Json& merge) {
  if (!merge.is_array() || merge.size() != 2) return std::nullopt;
  SymbolPair pair;
  merge.for_each_element(
      [&](const Json& part) { (pair.left.data() == nullptr ? pair.left : pair.right) = part.as_string(); });
  if (pair.left.empty() || pair.right.empty()) return std::nullopt;
  return pair;
}

constexpr std::string_view kNoMerge = "is not two symbols separated by a space";
constexpr std::string_view kNoPair = "is not a pair of symbols";

void check_merges_text(std::string_view text) {
  if (text.size() > kMaxMergesBytes) fail(ErrorCode::limit, "merges.txt", "is larger than 64 MiB");
  if (!is_utf8(text)) fail(ErrorCode::utf8, "merges.txt", "is not UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) fail(ErrorCode::header, "merges.txt", "starts with a BOM");
  if (text.find('\0') != std::string_view::npos) {
    fail(ErrorCode::utf8, "merges.txt", "contains a NUL byte, expected UTF-8 text (is it UTF-16?)");
  }
  const auto lines = std::count(text.begin(), text.end(), '\n');
  if (lines > kMaxMerges) {
    fail(ErrorCode::limit, "merges.txt",
         "has " + std::to_string(lines) + " lines, at most " + std::to_string(kMaxMerges) + " are accepted");
  }
}

}  // namespace

MergeLines split_merges(std::string_view text) {
  check_merges_text(text);
  MergeLines result;
  result.lines.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
    const std::optional<SymbolPair> pair = line.size() > kMaxMergeLine ? std::nullopt : split_merge(line);
    if (pair) {
      result.lines.push_back({*pair, number});
      continue;
    }
    if (line.size() > kMaxMergeLine) {
      result.problem.emplace(ErrorCode::limit, location(number), "is longer than 4096 bytes");
    } else {
      result.problem.emplace(ErrorCode::header, location(number), kNoMerge);
    }
    break;
  }
  return result;
}

BytePairMerger add_merges(const MergeLines& merges, const SymbolTable& symbols) {
  MergeReader<std::int64_t> reader(symbols, merges.lines.size());
  for (const MergeLines::Line& line : merges.lines) reader.add(line.pair.left, line.pair.right, line.number);
  BytePairMerger merger = reader.take();
  if (merges.problem) throw *merges.problem;
  return merger;
}

JsonMerges split_json_merges(const Json& list) {
  if (!list.is_array()) fail(ErrorCode::header, list.path(), "is not a list of merges");
  if (list.size() > kMaxMerges)
    fail(ErrorCode::limit, list.path(), "has " + std::to_string(list.size()) + " merges");
  JsonMerges result{{}, list, std::nullopt};
  result.pairs.reserve(static_cast<std::size_t>(list.size()));
  list.for_each_element([&](const Json& merge) {
    if (result.problem) return;
    const bool is_line = merge.is_string();
    if (const std::optional<SymbolPair> pair = is_line ? split_merge(merge.as_string()) : pair_of(merge)) {
      result.pairs.push_back(*pair);
    } else {
      result.problem.emplace(ErrorCode::header, location(merge), is_line ? kNoMerge : kNoPair);
    }
  });
  return result;
}

BytePairMerger add_merges(const JsonMerges& merges, const SymbolTable& symbols) {
  MergeReader<JsonPlace> reader(symbols, merges.pairs.size());
  for (std::size_t i = 0; i < merges.pairs.size(); ++i) {
    reader.add(merges.pairs[i].left, merges.pairs[i].right, {&merges.list, i});
  }
  BytePairMerger merger = reader.take();
  if (merges.problem) throw *merges.problem;
  return merger;
}

}  // namespace sightline
