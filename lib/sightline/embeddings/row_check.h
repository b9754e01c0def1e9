// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sightline/base/hash.h"
#include "sightline/containers/npy.h"

namespace sightline {

/// Whether `norm` is 1 up to rounding, in an array of this dtype ("float16", ...).
bool is_unit_norm(double norm, std::string_view dtype);

/// Checks the rows of an array in order and computes their hash.
class RowCheck {
 public:
  /// `normalized`: rows must have norm 1 or consist of zeros. Errors: those of `NpyFile::open`.
  RowCheck(const std::string& path, bool normalized);

  const NpyFile& array() const { return array_; }
  /// The row that `check` checks next; the number of rows at the end.
  std::int64_t next() const { return next_; }
  /// Checks the next row, which must exist. `failed`: whether its input failed, if that is known; such a row
  /// has zeros. Errors: corrupt if a value is not finite; mismatch if the norm or the zeros do not fit.
  void check(std::optional<bool> failed);
  /// The hash of the rows so far.
  std::string hash() const { return hash_->hex(); }

 private:
  NpyFile array_;
  bool normalized_;
  std::int64_t next_ = 0;
  std::vector<float> values_;
  std::unique_ptr<Hash128> hash_;
};

}  // namespace sightline
