// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/pax_records.h"

#include <charconv>
#include <limits>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxSize = std::numeric_limits<std::int64_t>::max() - 512;

[[noreturn]] void fail_records(std::string_view subject, const std::string& problem) {
  fail(ErrorCode::corrupt, subject, "has a damaged pax header: " + problem);
}

/// A decimal number of digits alone, of at most `max`.
std::optional<std::int64_t> parse_decimal(std::string_view text, std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > max) return {};
  if (text.front() == '-') return {};
  return value;
}

void apply(std::string_view key, std::string_view value, PaxAttributes& attributes,
           std::string_view subject) {
  if (key == "path" || key == "GNU.sparse.name") {
    if (value.find('\0') != std::string_view::npos) fail_records(subject, "a path contains a NUL byte");
    auto& to = key == "path" ? attributes.path : attributes.sparse_name;
    to = value.empty() ? std::nullopt : std::optional<std::string>(value);
  } else if (key == "size") {
    attributes.size = value.empty() ? std::nullopt : parse_decimal(value, kMaxSize);
    if (!value.empty() && !attributes.size)
      fail_records(subject, "a size is not a number from 0 to 2^63 - 513");
  }
  if (key.starts_with("GNU.sparse.")) attributes.sparse = true;
}

}  // namespace

void read_pax_records(std::string_view records, PaxAttributes& attributes, std::string_view subject) {
  while (!records.empty()) {
    const std::size_t space = records.find(' ');
    const auto size = static_cast<std::int64_t>(records.size());
    // The length counts its own digits, the space, the record and the newline.
    const std::optional<std::int64_t> length = space == std::string_view::npos || space == 0
                                                   ? std::nullopt
                                                   : parse_decimal(records.substr(0, space), size);
    if (!length || *length <= static_cast<std::int64_t>(space) + 1) {
      fail_records(subject, "the length of a record does not match the header");
    }
    const auto end = static_cast<std::size_t>(*length);
    const std::string_view record = records.substr(space + 1, end - space - 1);
    const std::size_t equals = record.find('=');
    if (!record.ends_with('\n') || equals == std::string_view::npos || equals == 0) {
      fail_records(subject, "a record is not of the form key=value");
    }
    apply(record.substr(0, equals), record.substr(equals + 1, record.size() - equals - 2), attributes,
          subject);
    records.remove_prefix(end);
  }
}

}  // namespace sightline
