// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/cpu.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "sightline/base/by_cpu.h"
#include "sightline/base/error.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;

namespace {

constexpr std::initializer_list<CpuFeature> kAll = {
    CpuFeature::sse42,  CpuFeature::avx,         CpuFeature::avx2,        CpuFeature::avx_vnni,
    CpuFeature::avx512, CpuFeature::avx512_vnni, CpuFeature::avx512_vbmi, CpuFeature::avx512_bf16};

CpuFeatures set_of(std::initializer_list<CpuFeature> features) {
  CpuFeatures set;
  for (const CpuFeature feature : features) set.add(feature);
  return set;
}

// The flags of the first processor, as Linux prints them; empty where it prints none.
std::string linux_flags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("flags")) return line.substr(line.find(':') + 1) + " ";
  }
  return "";
}

template <int kWidth>
[[gnu::always_inline]] inline int width_of_level() {
  return kWidth;
}

[[gnu::always_inline]] inline float sum(const float* values, std::int64_t count) {
  float total = 0;
  for (std::int64_t i = 0; i < count; ++i) total += values[i];
  return total;
}

}  // namespace

TEST_CASE("cpu: a limit keeps what comes before it in the list, and never adds", "[base]") {
  const CpuFeatures all = set_of(kAll);
  CHECK(all.names() == "sse4.2 avx avx2 avx_vnni avx512 avx512_vnni avx512_vbmi avx512_bf16");
  CHECK(all.up_to("avx512_bf16") == all);
  CHECK(all.up_to("avx2") == set_of({CpuFeature::sse42, CpuFeature::avx, CpuFeature::avx2}));
  CHECK(all.up_to("portable") == CpuFeatures());
  CHECK(CpuFeatures().names() == "portable");
  const CpuFeatures cooper_lake = set_of({CpuFeature::avx2, CpuFeature::avx512_bf16});
  CHECK(cooper_lake.up_to("avx512_vbmi") == set_of({CpuFeature::avx2}));
  CHECK(set_of({CpuFeature::sse42}).up_to("avx512") == set_of({CpuFeature::sse42}));
}

TEST_CASE("cpu: an unknown limit is refused with the names of the known ones", "[base]") {
  for (const char* name : {"avx3", "", "AVX2", "avx2 ", "native"}) {
    INFO(name);
    CHECK_THROWS_WITH(processor_features().up_to(name),
                      "SIGHTLINE_CPU: is '" + std::string(name) +
                          "', expected one of portable, sse4.2, avx, avx2, avx_vnni, avx512, avx512_vnni, "
                          "avx512_vbmi, avx512_bf16");
  }
}

TEST_CASE("cpu: the processor has what Linux says it has", "[base]") {
#if defined(__x86_64__)
  const std::string flags = linux_flags();
  if (flags.empty()) return skip("/proc/cpuinfo lists no flags");
  const std::vector<std::pair<CpuFeature, std::string>> needed = {
      {CpuFeature::sse42, "pni ssse3 sse4_1 sse4_2 popcnt"},
      {CpuFeature::avx, "avx"},
      {CpuFeature::avx2, "avx2 fma f16c bmi1 bmi2 abm movbe"},
      {CpuFeature::avx_vnni, "avx_vnni"},
      {CpuFeature::avx512, "avx512f avx512bw avx512cd avx512dq avx512vl"},
      {CpuFeature::avx512_vnni, "avx512_vnni"},
      {CpuFeature::avx512_vbmi, "avx512vbmi"},
      {CpuFeature::avx512_bf16, "avx512_bf16"}};
  for (const auto& [feature, names] : needed) {
    INFO(names);
    bool all = true;
    std::istringstream words(names);
    for (std::string word; words >> word;) all = all && flags.find(" " + word + " ") != std::string::npos;
    CHECK(processor_features().has(feature) == all);
  }
#else
  CHECK(processor_features() == CpuFeatures());
#endif
}

TEST_CASE("cpu: what is used is what the processor has up to SIGHTLINE_CPU", "[base]") {
  const char* limit = std::getenv("SIGHTLINE_CPU");
  const CpuFeatures expected =
      limit == nullptr || *limit == 0 ? processor_features() : processor_features().up_to(limit);
  CHECK(usable_features() == expected);
  const std::vector<float> ones(1000, 1.0F);
  CHECK(ByCpu<sum>::call(ones.data(), 1000) == 1000.0F);
  CHECK(ByCpu<sum, CpuFeature::avx2>::call(ones.data(), 999) == 999.0F);
}

TEST_CASE("cpu: the loops of a level need all that the level stands for", "[base]") {
  CHECK(by_cpu_level(set_of(kAll)) == "avx512");
  CHECK(by_cpu_level(set_of(kAll).up_to("avx2")) == "avx2");
  CHECK(by_cpu_level(set_of(kAll).up_to("avx")) == "portable");
}

TEST_CASE("cpu: each level has its own body", "[base]") {
  const std::string_view level = by_cpu_level(usable_features());
  const int width = level == "avx512" ? 16 : level == "avx2" ? 8 : 4;
  CHECK(ByLevel<width_of_level<4>, width_of_level<8>, width_of_level<16>>::call() == width);
  CHECK(ByLevel<width_of_level<4>, width_of_level<8>, width_of_level<16>, CpuFeature::avx2>::call() ==
        std::min(width, 8));
}
