// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/cpu.h"

namespace sightline {

/// The level that `ByLevel` chooses among `features`: "portable", "avx2" or "avx512".
constexpr std::string_view by_cpu_level(CpuFeatures features) {
  if (features.has(CpuFeature::avx512)) return "avx512";
  return features.has(CpuFeature::avx2) ? "avx2" : "portable";
}

/// A function compiled for three levels of x86-64 and chosen once by `usable_features()`. Each level has a
/// body of its own: an always_inline function, usually of one template whose argument is the number of floats
/// in a register. `call` has the parameters of the bodies.
///
///     template <int kWidth>
///     [[gnu::always_inline]] inline void scale_body(float* values, std::int64_t count) { ... }
///     void scale(float* values, std::int64_t count) {
///       ByLevel<scale_body<4>, scale_body<8>, scale_body<16>>::call(values, count);
///     }
///
/// `highest` is the highest level that the function gains from: avx2 or avx512. Levels may differ in the bits
/// of a result (fused multiply-adds); one level gives the same bits in every run.
template <auto portable, auto avx2, auto avx512, CpuFeature highest = CpuFeature::avx512>
class ByLevel;

template <class Result, class... Arguments, Result (*portable)(Arguments...), Result (*avx2)(Arguments...),
          Result (*avx512)(Arguments...), CpuFeature highest>
class ByLevel<portable, avx2, avx512, highest> {
 public:
  static Result call(Arguments... arguments) {
    static Function* const chosen = choose(usable_features());
    return chosen(arguments...);
  }

 private:
  using Function = Result(Arguments...);

  static Result run_portable(Arguments... arguments) { return portable(arguments...); }
#if defined(__x86_64__)
  // By level and not by the name of a processor, which would set its tuning as well.
  [[gnu::target("arch=x86-64-v3")]] static Result run_avx2(Arguments... arguments) {
    return avx2(arguments...);
  }
  [[gnu::target("arch=x86-64-v4")]] static Result run_avx512(Arguments... arguments) {
    return avx512(arguments...);
  }

  static Function* choose(CpuFeatures features) {
    if constexpr (highest == CpuFeature::avx512) {
      if (features.has(CpuFeature::avx512)) return run_avx512;
    }
    return features.has(CpuFeature::avx2) ? run_avx2 : run_portable;
  }
#else
  static Function* choose(CpuFeatures /*features*/) { return run_portable; }
#endif
};

/// One body for all levels: a plain loop, for which the compiler uses AVX2 or AVX-512 where they exist.
template <auto body, CpuFeature highest = CpuFeature::avx512>
using ByCpu = ByLevel<body, body, body, highest>;

}  // namespace sightline
