// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/merges.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <future>
#include <span>

#include "sightline/base/format.h"
#include "sightline/text/clip_table.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxMergesBytes = 64 << 20;
constexpr std::size_t kMaxMergeLine = 4096;
constexpr std::size_t kMinParallelMerges = 8192;  // fewer are resolved faster than a thread starts

std::string line_location(std::int64_t line) { return "merges.txt: line " + std::to_string(line); }

/// Looks up the ids of merges in order, in batches with prefetching, because the table is larger than the
/// caches.
class MergeFinder {
 public:
  explicit MergeFinder(const SymbolTable& symbols) : symbols_(symbols) {}

  /// Returns the number of merges before the first one with a symbol that is not in the vocabulary.
  std::size_t find(std::span<const SymbolPair> pairs, std::span<Merge> merges) {
    for (std::size_t begin = 0; begin < pairs.size(); begin += kBatch) {
      const std::size_t count = std::min(kBatch, pairs.size() - begin);
      const std::size_t found = find_batch(pairs.subspan(begin, count), merges.subspan(begin, count));
      if (found < count) return begin + found;
    }
    return pairs.size();
  }

 private:
  static constexpr std::size_t kBatch = 32;

  std::size_t find_batch(std::span<const SymbolPair> pairs, std::span<Merge> merges) {
    const bool guesses = wrong_guesses_ <= kBatch / 4;
    wrong_guesses_ = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const SymbolPair& pair = pairs[i];
      merged_[i].assign(pair.left()).append(pair.right());
      probes_[i][0] = symbols_.probe(pair.left());
      probes_[i][1] = symbols_.probe(pair.right());
      if (!guesses) probes_[i][2] = symbols_.probe(merged_[i]);
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      Merge& merge = merges[i];
      merge.left = symbols_.find(pairs[i].left(), probes_[i][0]);
      merge.right = symbols_.find(pairs[i].right(), probes_[i][1]);
      merge.merged = guesses ? guess(merged_[i]) : symbols_.find(merged_[i], probes_[i][2]);
      wrong_guesses_ += merge.merged != last_ && merge.merged != last_ + 1 ? 1 : 0;
      last_ = merge.merged;
      if (merge.left < 0 || merge.right < 0 || merge.merged < 0) return i;
    }
    return pairs.size();
  }

  /// OpenAI's vocabulary lists the results in the order of the merges, and transformers lists all merges with
  /// the same result one after the other.
  std::int32_t guess(std::string_view merged) const {
    if (symbols_.has_id(last_ + 1, merged)) return last_ + 1;
    return symbols_.has_id(last_, merged) ? last_ : symbols_.find(merged);
  }

  const SymbolTable& symbols_;
  std::array<std::array<SymbolTable::Probe, 3>, kBatch> probes_;
  std::array<std::string, kBatch> merged_;
  std::size_t wrong_guesses_ = 0;  ///< in the last batch
  std::int32_t last_ = -1;
};

std::size_t find_ids(std::span<const SymbolPair> pairs, const SymbolTable& symbols, std::span<Merge> merges) {
  return MergeFinder(symbols).find(pairs, merges);
}

std::size_t find_all_ids(std::span<const SymbolPair> pairs, const SymbolTable& symbols,
                         std::span<Merge> merges) {
  const std::size_t half = pairs.size() < kMinParallelMerges ? pairs.size() : pairs.size() / 2;
  std::future<std::size_t> second = std::async(std::launch::async | std::launch::deferred, [&] {
    return find_ids(pairs.subspan(half), symbols, merges.subspan(half));
  });
  const std::size_t found = find_ids(pairs.first(half), symbols, merges.first(half));
  const std::size_t found_second = second.get();
  return found < half ? found : half + found_second;
}

std::string_view missing_symbol(const SymbolPair& pair, const Merge& ids, const std::string& merged) {
  return ids.left < 0 ? pair.left() : ids.right < 0 ? pair.right() : std::string_view(merged);
}

// A list of two symbols.
std::optional<SymbolPair> pair_of(const Json& merge) {
  if (!merge.is_array() || merge.size() != 2) return std::nullopt;
  std::array<std::string_view, 2> parts;
  std::size_t count = 0;
  merge.for_each_element([&](const Json& part) { parts[count++] = part.as_string(); });
  if (parts[0].empty() || parts[1].empty()) return std::nullopt;
  return symbol_pair(parts[0], parts[1]);
}

/// Whether `merges.txt` is exactly the text of a table with names.
bool is_text_of(const TokenTable& table, std::string_view text) {
  constexpr std::string_view kFirstLine = "#version: 0.2\n";
  if (!text.starts_with(kFirstLine)) return false;
  const char *at = text.data() + kFirstLine.size(), *end = text.data() + text.size();
  const std::size_t count = table.vocabulary.merger.index().merges().size();
  for (std::size_t rank = 0; rank < count; ++rank) {
    const SymbolPair pair = merge_symbols(table, rank);
    const std::size_t left = pair.left_size, size = left + 1 + pair.right_size;
    if (static_cast<std::size_t>(end - at) <= size) return false;  // the last line ends as the others
    if (at[left] != ' ' || at[size] != '\n' || std::memcmp(at, pair.left_data, left) != 0 ||
        std::memcmp(at + left + 1, pair.right_data, pair.right_size) != 0) {
      return false;
    }
    at += size + 1;
  }
  return at == end;
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

bool is_same(const SymbolPair& a, const SymbolPair& b) {
  return a.left() == b.left() && a.right() == b.right();
}

// In a table with names, the result of a merge is its two symbols joined. Results are mostly in order, so
// this reads the names from the first to the last.
SymbolPair merge_symbols(const TokenTable& table, std::size_t rank) {
  const Merge& merge = table.vocabulary.merger.index().merges()[rank];
  const std::string_view joined = table.names[static_cast<std::size_t>(merge.merged)];
  const std::size_t cut = table.names[static_cast<std::size_t>(merge.left)].size();
  return symbol_pair(joined.substr(0, cut), joined.substr(cut));
}

SymbolPair symbol_pair(std::string_view left, std::string_view right) {
  return {left.data(), right.data(), static_cast<std::uint32_t>(left.size()),
          static_cast<std::uint32_t>(right.size())};
}

std::optional<SymbolPair> split_merge(std::string_view line) {
  const std::size_t space = line.find(' ');
  const bool two = space != std::string_view::npos && space > 0 && space + 1 < line.size() &&
                   line.find(' ', space + 1) == std::string_view::npos;
  if (!two) return std::nullopt;
  return symbol_pair(line.substr(0, space), line.substr(space + 1));
}

std::string MergeList::location(std::size_t rank) const {
  if (!path.empty()) return path + "[" + std::to_string(rank) + "]";
  return line_location(1 + std::count(text.data(), pairs[rank].left_data, '\n'));
}

MergeList match_or_split_merges(std::string_view text) {
  if (const TokenTable* clip = clip_table(); clip != nullptr && is_text_of(*clip, text)) {
    MergeList list;
    list.is_clip = true;
    list.text = text;
    return list;
  }
  return split_merges(text);
}

MergeList split_merges(std::string_view text) {
  MergeList list;
  list.text = text;
  try {
    check_merges_text(text);
  } catch (const Error& error) {
    list.problem = error;
    return list;
  }
  list.pairs.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
    const std::optional<SymbolPair> pair = line.size() > kMaxMergeLine ? std::nullopt : split_merge(line);
    if (pair) {
      list.pairs.push_back(*pair);
      continue;
    }
    if (line.size() > kMaxMergeLine) {
      list.problem.emplace(ErrorCode::limit, line_location(number), "is longer than 4096 bytes");
    } else {
      list.problem.emplace(ErrorCode::header, line_location(number), kNoMerge);
    }
    break;
  }
  return list;
}

MergeList split_json_merges(const Json& array) {
  if (!array.is_array()) fail(ErrorCode::header, array.path(), "is not a list of merges");
  if (array.size() > kMaxMerges)
    fail(ErrorCode::limit, array.path(), "has " + std::to_string(array.size()) + " merges");
  MergeList list;
  list.path = array.path();
  list.pairs.reserve(static_cast<std::size_t>(array.size()));
  array.for_each_element([&](const Json& merge) {
    if (list.problem) return;
    const bool is_line = merge.is_string();
    if (const std::optional<SymbolPair> pair = is_line ? split_merge(merge.as_string()) : pair_of(merge)) {
      list.pairs.push_back(*pair);
    } else {
      list.problem.emplace(ErrorCode::header, merge.path(), is_line ? kNoMerge : kNoPair);
    }
  });
  return list;
}

MergeTable resolve_merges(const MergeList& list, const SymbolTable& symbols) {
  std::vector<Merge> merges(list.pairs.size());
  const std::size_t found = find_all_ids(list.pairs, symbols, merges);
  // The first bad merge is reported, so a duplicate among the merges before it comes first.
  const Merge unresolved = found < merges.size() ? merges[found] : Merge{};
  merges.resize(found);
  MergeTable table(std::move(merges));
  if (const std::optional<std::size_t> duplicate =
          table.build_index(list.path.empty() ? "merges.txt" : list.path)) {
    const SymbolPair& pair = list.pairs[*duplicate];
    fail(ErrorCode::duplicate, list.location(*duplicate),
         "duplicates an earlier merge: " + printable(pair.left()) + " " + printable(pair.right()));
  }
  if (found < list.pairs.size()) {
    const SymbolPair& pair = list.pairs[found];
    const std::string merged = std::string(pair.left()).append(pair.right());
    fail(ErrorCode::mismatch, list.location(found),
         "needs \"" + printable(missing_symbol(pair, unresolved, merged)) +
             "\", which is not in the vocabulary");
  }
  if (list.problem) throw *list.problem;
  return table;
}

}  // namespace sightline
