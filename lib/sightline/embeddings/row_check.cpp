// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/row_check.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

double norm_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(sum);
}

}  // namespace

bool is_unit_norm(double norm, std::string_view dtype) {
  // Rows that are used unchanged must be close to norm 1; the rounding of float16 stays below 5e-4.
  return std::abs(norm - 1) <= (dtype == "float16" ? 1e-3 : 1e-4);
}

RowCheck::RowCheck(const std::string& path, bool normalized)
    : array_(NpyFile::open(path)),
      normalized_(normalized),
      values_(static_cast<std::size_t>(array_.columns())),
      hash_(std::make_unique<Hash128>()) {}

void RowCheck::check(std::optional<bool> failed) {
  const std::int64_t row = next_++;
  hash_->update(array_.rows_as_stored(row, 1));
  array_.read_row(row, values_);
  array_.release_rows(row, 1);
  const std::string name = "row " + std::to_string(row);
  const bool zeros = std::all_of(values_.begin(), values_.end(), [](float value) { return value == 0; });
  if (failed && *failed && !zeros) {
    fail(ErrorCode::mismatch, array_.path(),
         name + " has values, but the index states that its input was skipped");
  }
  if (!normalized_) return;
  if (zeros) {
    if (failed && !*failed)
      fail(ErrorCode::mismatch, array_.path(),
           name + " has zeros, but the index states that its input is good");
    return;
  }
  const double norm = norm_of(values_);
  if (is_unit_norm(norm, array_.dtype())) return;
  std::string text;
  append_float(text, static_cast<float>(norm));
  fail(ErrorCode::mismatch, array_.path(),
       name + " has norm " + text + ", but its info file has normalized rows");
}

}  // namespace sightline
