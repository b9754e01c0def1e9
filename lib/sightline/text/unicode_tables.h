// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace sightline {

/// Tables of Unicode 16.0, sorted by their first member; made by scripts/make_unicode_tables.py.
struct CodeRange {
  std::uint32_t first, last;
};
/// Every `step`-th code point from first to last has a lower case at itself + delta.
struct LowerRun {
  std::uint32_t first, last, step;
  std::int32_t delta;
};
struct CombiningRun {
  std::uint32_t first, last;
  std::uint32_t combining_class;
};
/// One step of a canonical decomposition; `second` is 0 for a single replacement.
struct Decomposition {
  std::uint32_t code, first, second;
};
struct Composition {
  std::uint32_t first, second, code;
};

extern const std::span<const CodeRange> kLetters;  ///< general category L
extern const std::span<const CodeRange> kNumbers;  ///< general category N
extern const std::span<const CodeRange> kSpaces;   ///< White_Space
extern const std::span<const CodeRange> kCased;
extern const std::span<const CodeRange> kCaseIgnorable;
extern const std::span<const LowerRun> kLowerRuns;
extern const std::span<const CombiningRun> kCombiningRuns;
extern const std::span<const Decomposition> kDecompositions;
extern const std::span<const Composition> kCompositions;

}  // namespace sightline
