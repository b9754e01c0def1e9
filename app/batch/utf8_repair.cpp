// SPDX-License-Identifier: Apache-2.0
#include "batch/utf8_repair.h"

#include <algorithm>

#include "sightline/base/format.h"

namespace sightline::app {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the longest prefix of `bytes` that is also a prefix of a well-formed sequence; at least 1.
/// `bytes` must not begin with a complete sequence.
std::size_t maximal_subpart(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(0);
  if (first < 0xC2 || first > 0xF4) return 1;
  const std::size_t whole = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  // Unicode 16, table 3-7: the second byte's range is narrower after these four.
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  std::size_t length = 1;
  while (length < std::min(whole, bytes.size()) && byte(length) >= (length == 1 ? low : 0x80) &&
         byte(length) <= (length == 1 ? high : 0xBF)) {
    ++length;
  }
  return length;
}

}  // namespace

RepairedText repair_utf8(std::string_view bytes) {
  RepairedText repaired;
  repaired.text.reserve(bytes.size());
  while (!bytes.empty()) {
    const int whole = utf8_sequence_length(bytes);
    const std::size_t taken = whole > 0 ? static_cast<std::size_t>(whole) : maximal_subpart(bytes);
    repaired.text.append(whole > 0 ? bytes.substr(0, taken) : kReplacement);
    repaired.replaced += whole > 0 ? 0 : 1;
    bytes.remove_prefix(taken);
  }
  return repaired;
}

}  // namespace sightline::app
