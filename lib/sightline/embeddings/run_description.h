// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// What determines the outputs of a run, as keys with texts: an interrupted run is continued only by a run
/// with the same description.
class RunDescription {
 public:
  struct Entry {
    std::string key, value;
    bool operator==(const Entry&) const = default;
  };

  void add(std::string_view key, std::string_view value);
  const std::vector<Entry>& entries() const { return entries_; }
  /// The value of `key`; empty if there is none.
  std::string_view value_of(std::string_view key) const;
  bool operator==(const RunDescription&) const = default;

  /// A JSON object of strings. `subject`: the name of the file for messages. Errors of
  /// `parse_run_description`: header.
  std::string json() const;

 private:
  std::vector<Entry> entries_;
};
RunDescription parse_run_description(std::string_view json, std::string_view subject);

/// A key whose values differ; a missing key has an empty value.
struct RunDifference {
  std::string key, earlier, now;
};
std::vector<RunDifference> differences(const RunDescription& earlier, const RunDescription& now);

}  // namespace sightline
