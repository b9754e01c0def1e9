// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sightline::app {

/// Text that is UTF-8 whatever came in, and what it took.
struct RepairedText {
  std::string text;
  std::int64_t replaced = 0;  ///< how many U+FFFD stand where something else stood
};

/// `bytes` with U+FFFD for each maximal subpart of an ill-formed sequence: what Python's
/// bytes.decode("utf-8", "replace") gives. Source: Unicode 16, section 3.9, "U+FFFD Substitution of Maximal
/// Subparts".
RepairedText repair_utf8(std::string_view bytes);

}  // namespace sightline::app
