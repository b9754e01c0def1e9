// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// The last line of a report: {"summary":{"inputs":3,"ok":2,"skipped":1,...}}.
class ReportSummary {
 public:
  /// Adds the summary of a shard: numbers and objects of numbers are summed, and other values are those of
  /// the first shard. Shards of updates and others may be mixed: `reused`, `encoded` and `gone` are those
  /// of all shards. Errors: header for any other line, with `place`.
  void add(std::string_view line, const std::string& place);
  /// The number of this name; nothing if there is none.
  std::optional<std::int64_t> number(std::string_view key) const;
  /// The line of all shards, with its line end.
  std::string text() const;

 private:
  struct Member {
    std::string key;
    std::optional<std::int64_t> number;
    std::optional<std::map<std::string, std::int64_t>> counts;  ///< of an object of numbers
    std::string text;                                           ///< of another value
    std::int64_t summaries = 0;                                 ///< number of summaries that have it
  };
  Member& member(std::string_view key, std::ptrdiff_t& next);

  std::vector<Member> members_;
  std::int64_t encoded_ = 0;  ///< including the good images of summaries that do not state it
};

}  // namespace sightline
