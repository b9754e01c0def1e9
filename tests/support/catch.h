// SPDX-License-Identifier: Apache-2.0
#pragma once

// Catch2 2.13 (Debian 12) has one header, Catch2 3 (Debian 13, Ubuntu 24.04) has many. Tests include this
// one.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using namespace Catch::Matchers;
// Version 3 renamed the substring matcher and kept `Contains` for ranges.
inline auto Contains(const char* part) { return ContainsSubstring(part); }
inline auto Contains(const std::string& part) { return ContainsSubstring(part); }
inline auto Contains(std::string&& part) {
  return ContainsSubstring(part);
}  // nearer than the one for ranges
#else
#include <catch2/catch.hpp>
using namespace Catch::Matchers;
#endif
