// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sightline::app {

/// Valid UTF-8 text and the number of replacements.
struct RepairedText {
  std::string text;
  std::int64_t replaced = 0;  ///< number of U+FFFD inserted
};

/// Replaces each maximal subpart of an ill-formed sequence with U+FFFD, as Python's bytes.decode("utf-8",
/// "replace") does. Source: Unicode 16, section 3.9, "U+FFFD Substitution of Maximal Subparts".
RepairedText repair_utf8(std::string_view bytes);

}  // namespace sightline::app
