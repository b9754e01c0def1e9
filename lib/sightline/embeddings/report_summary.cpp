// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/report_summary.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"

namespace sightline {
namespace {

using Counts = std::map<std::string, std::int64_t>;

// Of an update, in this order; a report of another run has neither.
constexpr std::string_view kEncoded = "encoded", kGone = "gone";

void add_number(std::int64_t& sum, const Json& value) {
  if (__builtin_add_overflow(sum, value.as_integer(), &sum))
    fail(ErrorCode::range, value.path(), "is too large");
}

bool has_counts(const Json& value) {
  bool all = value.is_object();
  if (all) value.for_each_member([&](std::string_view, const Json& count) { all &= count.is_integer(); });
  return all;
}

/// The largest count first, then by name: the order in a report.
std::string text_of(const Counts& counts) {
  std::vector<std::pair<std::string_view, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = "{";
  for (const auto& [name, count] : sorted) {
    if (!text.ends_with('{')) text += ',';
    append_json_string(text, name);
    text += ':' + std::to_string(count);
  }
  return text + '}';
}

}  // namespace

// A new key gets the place `next`, behind the key before it in the same summary.
ReportSummary::Member& ReportSummary::member(std::string_view key, std::ptrdiff_t& next) {
  auto found =
      std::find_if(members_.begin(), members_.end(), [&](const Member& member) { return member.key == key; });
  if (found == members_.end()) {
    found =
        members_.insert(members_.begin() + next, Member{std::string(key), std::nullopt, std::nullopt, "", 0});
  }
  next = found - members_.begin() + 1;
  ++found->summaries;
  return *found;
}

void ReportSummary::add(std::string_view line, const std::string& place) {
  try {
    const JsonDocument document(line, place);
    const std::string_view text = member_text(line, "summary");
    const Json summary = document.root().at("summary");
    // The good images of a run that used no earlier rows were all encoded.
    const std::optional<Json> encoded = summary.find(summary.find(kEncoded) ? kEncoded : "ok");
    if (encoded) add_number(encoded_, *encoded);
    std::ptrdiff_t next = 0;
    summary.for_each_member([&](std::string_view key, const Json& value) {
      Member& known = member(key, next);
      if (value.is_integer()) {
        if (!known.number) known.number = 0;
        add_number(*known.number, value);
      } else if (has_counts(value)) {
        if (!known.counts) known.counts.emplace();
        value.for_each_member([&](std::string_view name, const Json& count) {
          add_number((*known.counts)[std::string(name)], count);
        });
      } else if (known.text.empty()) {
        known.text = member_text(text, key);
      }
    });
  } catch (const Error& error) {
    throw Error(ErrorCode::header, error.subject(), error.problem());
  }
}

std::optional<std::int64_t> ReportSummary::number(std::string_view key) const {
  for (const Member& member : members_) {
    if (member.key == key) return member.number;
  }
  return std::nullopt;
}

// An update of a shard may not know how many rows are gone; then this is not known of all.
std::string ReportSummary::text() const {
  std::string line = "{\"summary\":{";
  std::int64_t updates = 0;
  for (const Member& member : members_) {
    if (member.key == kEncoded) updates = member.summaries;
    if (member.key == kGone && member.summaries < updates) continue;
    if (!line.ends_with('{')) line += ',';
    append_json_string(line, member.key);
    line += ':';
    line += member.number   ? std::to_string(member.key == kEncoded ? encoded_ : *member.number)
            : member.counts ? text_of(*member.counts)
                            : member.text;
  }
  return line + "}}\n";
}

}  // namespace sightline
