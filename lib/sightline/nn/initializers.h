// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sightline/tensor/shape.h"

namespace sightline {

/// How a new variable gets its values, as keras.initializers. A value depends on seed and position alone, so
/// a seed gives the same numbers on every machine, whichever part is made first.
class Initializer {
 public:
  /// By Keras's name, with Keras's defaults: "zeros", "ones", "random_normal" and "truncated_normal" (stddev
  /// 0.05), "random_uniform" (-0.05 to 0.05), "glorot_uniform", "glorot_normal". Errors: unsupported.
  Initializer(std::string_view name);  // NOLINT: implicit on purpose, an initializer is written as its name
  Initializer(const char* name) : Initializer(std::string_view(name)) {}  // NOLINT: likewise

  static Initializer constant(float value);
  static Initializer random_normal(double mean = 0.0, double stddev = 0.05);
  /// What lies further than two `stddev` from `mean` is drawn anew.
  static Initializer truncated_normal(double mean = 0.0, double stddev = 0.05);
  static Initializer random_uniform(double minval = -0.05, double maxval = 0.05);
  /// The same with a seed of its own, which stands above the one `fill` is given.
  Initializer seeded(std::uint64_t seed) const;

  /// Fills `out` (shape.elements() values), row-major.
  void fill(const Shape& shape, std::span<float> out, std::uint64_t seed) const;

 private:
  enum class Kind { constant, uniform, normal, truncated_normal, glorot_uniform, glorot_normal };
  Initializer(Kind kind, double a, double b) : kind_(kind), a_(a), b_(b) {}

  Kind kind_;
  double a_ = 0, b_ = 0;  // the constant; low and high; mean and stddev
  std::optional<std::uint64_t> seed_;
};

/// The seed of a variable of its own among those of one model: mixes `seed` with the variable's name.
std::uint64_t seed_for(std::uint64_t seed, std::string_view name);

}  // namespace sightline
