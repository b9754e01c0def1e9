// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace sightline::keras {

/// Random numbers that depend on a seed and a position only: the same on every machine, whichever part of a
/// tensor is filled first. Thread-safety: everything here may be called from any thread.
class CounterRandom {
 public:
  explicit CounterRandom(std::uint64_t seed);
  /// In (0, 1), uniform.
  double uniform(std::uint64_t index) const;
  double uniform(std::uint64_t index, double low, double high) const;
  double normal(std::uint64_t index, double mean, double deviation) const;
  /// Normal within two deviations of the mean.
  double truncated_normal(std::uint64_t index, double mean, double deviation) const;

 private:
  std::uint64_t stream_;
};

/// The seed of one named tensor of a model that has a seed.
std::uint64_t derived_seed(std::uint64_t seed, std::string_view name);

/// The seed of the next draw without one: 0, 1, ... in the process, mixed.
std::uint64_t next_seed();

}  // namespace sightline::keras
