// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/cpu.h"

namespace sightline {

/// The level that `ByCpu` chooses among `features`: "portable", "avx2" or "avx512".
constexpr std::string_view by_cpu_level(CpuFeatures features) {
  if (features.has(CpuFeature::avx512)) return "avx512";
  return features.has(CpuFeature::avx2) ? "avx2" : "portable";
}

/// A plain loop compiled for each level of x86-64 and chosen once by `usable_features()`: the compiler then
/// uses AVX2 or AVX-512 where they exist. `body` is an always_inline function; `ByCpu<body>::call` has its
/// parameters.
///
///     [[gnu::always_inline]] inline void scale_body(float* values, std::int64_t count) { ... }
///     void scale(float* values, std::int64_t count) { ByCpu<scale_body>::call(values, count); }
///
/// `highest` is the highest level that the loop gains from: avx2 or avx512. Levels may differ in the bits of
/// a result (fused multiply-adds); one level gives the same bits in every run.
template <auto body, CpuFeature highest = CpuFeature::avx512>
class ByCpu;

template <class Result, class... Arguments, Result (*body)(Arguments...), CpuFeature highest>
class ByCpu<body, highest> {
 public:
  static Result call(Arguments... arguments) {
    static Function* const chosen = choose(usable_features());
    return chosen(arguments...);
  }

 private:
  using Function = Result(Arguments...);

  static Result run_portable(Arguments... arguments) { return body(arguments...); }
#if defined(__x86_64__)
  // By level and not by the name of a processor, which would set its tuning as well.
  [[gnu::target("arch=x86-64-v3")]] static Result run_avx2(Arguments... arguments) {
    return body(arguments...);
  }
  [[gnu::target("arch=x86-64-v4")]] static Result run_avx512(Arguments... arguments) {
    return body(arguments...);
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

}  // namespace sightline
