// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// The last line of a report: {"summary":{"inputs":3,"ok":2,"skipped":1,...}}.
class ReportSummary {
 public:
  /// Adds the summary of a shard: numbers are summed, and other values are those of the first shard. Errors:
  /// header for any other line, with `place`.
  void add(std::string_view line, const std::string& place);
  /// The number of this name; nothing if there is none.
  std::optional<std::int64_t> number(std::string_view key) const;
  /// The line of all shards, with its line end.
  std::string text() const;

 private:
  struct Member {
    std::string key;
    std::optional<std::int64_t> number;
    std::string text;  ///< of a value that is not a number
  };
  Member& member(std::string_view key);

  std::vector<Member> members_;
};

}  // namespace sightline
