// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/cpu.h"

#include <array>
#include <cstdlib>

#include "sightline/base/error.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace sightline {
namespace {

constexpr const char* kVariable = "SIGHTLINE_CPU";
constexpr std::string_view kPortable = "portable";

struct Row {
  CpuFeature feature;
  std::string_view name;
};
constexpr std::array<Row, 8> kRows = {{{CpuFeature::sse42, "sse4.2"},
                                       {CpuFeature::avx, "avx"},
                                       {CpuFeature::avx2, "avx2"},
                                       {CpuFeature::avx_vnni, "avx_vnni"},
                                       {CpuFeature::avx512, "avx512"},
                                       {CpuFeature::avx512_vnni, "avx512_vnni"},
                                       {CpuFeature::avx512_vbmi, "avx512_vbmi"},
                                       {CpuFeature::avx512_bf16, "avx512_bf16"}}};

#if defined(__x86_64__)

struct Registers {
  std::uint32_t a = 0, b = 0, c = 0, d = 0;
};

// In a virtual machine each CPUID takes some microseconds: it is asked as rarely as possible.
Registers cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) {
  Registers r;
  __cpuid_count(leaf, subleaf, r.a, r.b, r.c, r.d);
  return r;
}

// XGETBV 0: which registers the operating system saves. As bytes, because the built-in needs -mxsave.
std::uint64_t saved_registers() {
  std::uint32_t low = 0, high = 0;
  asm volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t{high} << 32 | low;
}

constexpr bool all_of(std::uint64_t bits, std::uint64_t wanted) { return (bits & wanted) == wanted; }
constexpr std::uint32_t bit(int index) { return std::uint32_t{1} << index; }

// Intel SDM, volume 2A, CPUID; volume 1, section 13.3 (XCR0).
CpuFeatures detect() {
  CpuFeatures found;
  const Registers basic = cpuid(1);
  constexpr std::uint32_t kSse42 =
      bit(0) | bit(9) | bit(19) | bit(20) | bit(23);  // SSE3, SSSE3, 4.1, 4.2, POPCNT
  if (!all_of(basic.c, kSse42)) return found;
  found.add(CpuFeature::sse42);

  constexpr std::uint32_t kXsaveAvx = bit(27) | bit(28);  // OSXSAVE, AVX
  if (!all_of(basic.c, kXsaveAvx)) return found;
  constexpr std::uint64_t kYmm = 0x06, kZmm = 0xe6;  // SSE and AVX state; with opmask and both halves of ZMM
  const std::uint64_t saved = saved_registers();
  if (!all_of(saved, kYmm)) return found;
  found.add(CpuFeature::avx);

  if (cpuid(0).a < 7) return found;
  const Registers extended = cpuid(7);
  constexpr std::uint32_t kFmaMovbeF16c = bit(12) | bit(22) | bit(29);
  constexpr std::uint32_t kBmiAvx2 = bit(3) | bit(5) | bit(8);  // BMI1, AVX2, BMI2
  constexpr std::uint32_t kLzcnt = bit(5);
  if (!all_of(basic.c, kFmaMovbeF16c) || !all_of(extended.b, kBmiAvx2) ||
      !all_of(cpuid(0x80000001).c, kLzcnt)) {
    return found;
  }
  found.add(CpuFeature::avx2);

  const Registers more = extended.a >= 1 ? cpuid(7, 1) : Registers{};
  if (all_of(more.a, bit(4))) found.add(CpuFeature::avx_vnni);

  constexpr std::uint32_t kAvx512 = bit(16) | bit(17) | bit(28) | bit(30) | bit(31);  // F, DQ, CD, BW, VL
  if (!all_of(extended.b, kAvx512) || !all_of(saved, kZmm)) return found;
  found.add(CpuFeature::avx512);
  if (all_of(extended.c, bit(11))) found.add(CpuFeature::avx512_vnni);
  if (all_of(extended.c, bit(1))) found.add(CpuFeature::avx512_vbmi);
  if (all_of(more.a, bit(5))) found.add(CpuFeature::avx512_bf16);
  return found;
}

#else

CpuFeatures detect() { return {}; }

#endif

CpuFeatures limited_by_variable() {
  const char* limit = std::getenv(kVariable);
  if (limit == nullptr || *limit == '\0') return processor_features();
  return processor_features().up_to(limit);
}

}  // namespace

CpuFeatures CpuFeatures::up_to(std::string_view limit) const {
  CpuFeatures result;
  if (limit == kPortable) return result;
  std::string known(kPortable);
  for (const Row& row : kRows) {
    if (has(row.feature)) result.add(row.feature);
    if (row.name == limit) return result;
    known.append(", ").append(row.name);
  }
  fail(ErrorCode::usage, kVariable, "is '" + std::string(limit) + "', expected one of " + known);
}

std::string CpuFeatures::names() const {
  std::string text;
  for (const Row& row : kRows) {
    if (has(row.feature)) text.append(text.empty() ? "" : " ").append(row.name);
  }
  return text.empty() ? std::string(kPortable) : text;
}

CpuFeatures processor_features() {
  static const CpuFeatures features = detect();
  return features;
}

CpuFeatures usable_features() {
  static const CpuFeatures features = limited_by_variable();
  return features;
}

}  // namespace sightline
