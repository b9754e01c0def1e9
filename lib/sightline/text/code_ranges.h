// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace sightline {

/// The row whose range [first, last] includes `c`, or null.
template <class Row>
const Row* find_range(std::span<const Row> rows, std::uint32_t c) {
  const auto after = std::upper_bound(rows.begin(), rows.end(), c,
                                      [](std::uint32_t code, const Row& row) { return code < row.first; });
  if (after == rows.begin()) return nullptr;
  const Row& row = *(after - 1);
  return c <= row.last ? &row : nullptr;
}

}  // namespace sightline
