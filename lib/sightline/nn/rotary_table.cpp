// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/rotary_table.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"
#include "sightline/ops/rotary.h"

namespace sightline {
namespace {

constexpr double kTemperature = 10000;
constexpr std::int64_t kValuesPerTask = 1 << 13;

// The cosines and sines of one coordinate, one of each per frequency. Angles are rounded to float where the
// reference rounds them.
struct Turn {
  std::vector<float> cosines, sines;
};

Turn turn_of(float coordinate, std::int64_t frequencies) {
  Turn turn;
  for (std::int64_t k = 0; k < frequencies; ++k) {
    const float exponent = static_cast<float>(k) / static_cast<float>(frequencies);
    const float frequency = 1.0F / static_cast<float>(std::pow(kTemperature, static_cast<double>(exponent)));
    const auto angle = static_cast<double>(coordinate * frequency);
    turn.cosines.push_back(static_cast<float>(std::cos(angle)));
    turn.sines.push_back(static_cast<float>(std::sin(angle)));
  }
  return turn;
}

}  // namespace

RotaryTable::RotaryTable(const Rotary& rotary, std::int64_t side, std::int64_t leading,
                         std::int64_t head_width)
    : positions_(checked_add(checked_mul(side, side, "image_size"), leading, "image_size")),
      leading_(leading),
      pairs_(head_width / 2) {
  if (head_width < 4 || head_width % 4 != 0) {
    fail(ErrorCode::range, "head width",
         "is " + std::to_string(head_width) + ", expected a multiple of 4 for rotary positions");
  }
  std::vector<Turn> turns;  // by index of a row or a column
  for (std::int64_t index = 0; index < side; ++index) {
    const float coordinate = (static_cast<float>(index) + static_cast<float>(rotary.offset)) /
                             static_cast<float>(side) * static_cast<float>(rotary.reference);
    turns.push_back(turn_of(coordinate, head_width / 4));
  }
  const auto add = [&](std::int64_t index) {
    const Turn& turn = turns[static_cast<std::size_t>(index)];
    cosines_.insert(cosines_.end(), turn.cosines.begin(), turn.cosines.end());
    sines_.insert(sines_.end(), turn.sines.begin(), turn.sines.end());
  };
  for (std::int64_t y = 0; y < side; ++y) {
    for (std::int64_t x = 0; x < side; ++x) {
      add(rotary.column_first ? x : y);
      add(rotary.column_first ? y : x);
    }
  }
}

void RotaryTable::rotate(TensorView<float> queries, TensorView<float> keys,
                         std::span<const AttentionSpan> spans, Context& context) const {
  check(spans);
  const std::int64_t rows = std::max<std::int64_t>(1, kValuesPerTask / keys.columns());
  const std::int64_t tasks = (positions_ + rows - 1) / rows;  // of a span
  context.pool.run(std::ssize(spans) * tasks, [&](std::int64_t task, int) {
    const AttentionSpan& span = spans[static_cast<std::size_t>(task / tasks)];
    const std::int64_t first = task % tasks * rows, end = std::min(first + rows, positions_);
    for (std::int64_t position = first; position < end; ++position) {
      rotate_row(keys, span.first_row + position, position);
      const std::int64_t query = position - span.position;
      if (query >= 0 && query < span.queries) rotate_row(queries, span.first_query + query, position);
    }
  });
}

void RotaryTable::check(std::span<const AttentionSpan> spans) const {
  std::int64_t row = 0;
  for (const AttentionSpan& span : spans) {
    if (span.length != positions_ || !span.path.empty() || span.first_row < row) {
      fail(ErrorCode::mismatch, "attention",
           "is given a span of " + std::to_string(span.length) + " rows from row " +
               std::to_string(span.first_row) + ", expected " + std::to_string(positions_) +
               " consecutive rows from row " + std::to_string(row) + " on");
    }
    row = span.first_row + span.length;
  }
}

void RotaryTable::rotate_row(TensorView<float> rows, std::int64_t row, std::int64_t position) const {
  if (position < leading_) return;
  const std::int64_t first = (position - leading_) * pairs_;
  rotate_pairs(rows.row(row).data(), rows.columns() / (2 * pairs_), pairs_, cosines_.data() + first,
               sines_.data() + first);
}

}  // namespace sightline
