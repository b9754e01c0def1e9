// SPDX-License-Identifier: Apache-2.0
// What the processor and the memory can do at most. scripts/bench.py compiles and runs it: one line per
// figure, "NAME VALUE", in 10^9 operations or bytes per second.
//
//   c++ -O3 -march=native -std=c++20 -pthread bench_machine.cpp && ./a.out THREADS [FILE]
//
// With FILE: the seconds to read that file through a mapping, with all threads.
//
// Peaks: independent chains of multiply-adds in the widest registers, two operations per multiply-add. A
// format without an instruction of its own has no line. Memory: the sum of 512 MiB that no cache holds, every
// thread its own part.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#ifdef __x86_64__
#include <immintrin.h>
#endif
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kChains =
    12;  // latency of 4 cycles, 2 units; 16 registers of AVX2 hold them and their operands
constexpr int kSteps = 2'000'000;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The time of `run(thread)` on `threads` threads, from a common start to the last end.
template <class Run>
double timed(int threads, const Run& run) {
  std::vector<std::thread> others;
  const Clock::time_point start = Clock::now();
  for (int i = 1; i < threads; ++i) others.emplace_back([&run, i] { run(i); });
  run(0);
  for (std::thread& other : others) other.join();
  return seconds_since(start);
}

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif
typedef float Floats __attribute__((vector_size(kVectorBytes)));
typedef std::uint64_t Words __attribute__((vector_size(kVectorBytes)));
constexpr std::size_t kLine = 4 * sizeof(Words), kAhead = 2048;

/// Keeps a value in a register, and the compiler from computing it in advance.
template <class Vector>
void keep(Vector& value) {
#if defined(__x86_64__)
  asm volatile("" : "+v"(value));
#else
  asm volatile("" : "+w"(value));
#endif
}

/// Runs `step(chain)` kSteps times on each of kChains registers that start at `zero`. The compiler must not
/// find out that they are equal: it would compute one of them.
template <class Vector, class Step>
void chains(Vector zero, const Step& step) {
  Vector c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero;
  Vector c6 = zero, c7 = zero, c8 = zero, c9 = zero, c10 = zero, c11 = zero;
  for (Vector* c : {&c0, &c1, &c2, &c3, &c4, &c5, &c6, &c7, &c8, &c9, &c10, &c11}) keep(*c);
  for (int i = 0; i < kSteps; ++i) {
    step(c0), step(c1), step(c2), step(c3), step(c4), step(c5);
    step(c6), step(c7), step(c8), step(c9), step(c10), step(c11);
  }
  for (Vector* c : {&c0, &c1, &c2, &c3, &c4, &c5, &c6, &c7, &c8, &c9, &c10, &c11}) keep(*c);
}

/// Prints the best of 15 runs, on one thread and on all.
template <class Kernel>
void print_peak(const char* name, int threads, int multiply_adds, const Kernel& kernel) {
  for (const char* label : {"one", "all"}) {
    const int count = *label == 'o' ? 1 : threads;
    double best = 1e9;
    for (int repeat = 0; repeat < 15; ++repeat) best = std::min(best, timed(count, [&](int) { kernel(); }));
    std::printf("%s_%s %.1f\n", name, label, 2.0 * multiply_adds * kChains * kSteps * count / best / 1e9);
  }
}

void print_peaks(int threads) {
  print_peak("f32", threads, kVectorBytes / 4, [] {
    Floats a = Floats{} + 1e-6F, b = Floats{} + 0.999F;
    keep(a), keep(b);
    chains(Floats{}, [&](Floats& c) { c = a * b + c; });
  });
#ifdef __AVX512BF16__
  print_peak("bf16", threads, 32, [] {
    __m512i bits = _mm512_set1_epi16(0x3c00);
    keep(bits);
    __m512bh x;
    std::memcpy(&x, &bits, sizeof x);
    chains(_mm512_setzero_ps(), [&](__m512& c) { c = _mm512_dpbf16_ps(c, x, x); });
  });
#endif
#ifdef __AVX512VNNI__
  print_peak("int8", threads, 64, [] {
    __m512i x = _mm512_set1_epi8(1);
    keep(x);
    chains(_mm512_setzero_si512(), [&](__m512i& c) { c = _mm512_dpbusd_epi32(c, x, x); });
  });
#elif defined(__AVXVNNI__)
  print_peak("int8", threads, 32, [] {
    __m256i x = _mm256_set1_epi8(1);
    keep(x);
    chains(_mm256_setzero_si256(), [&](__m256i& c) { c = _mm256_dpbusd_avx_epi32(c, x, x); });
  });
#elif defined(__AVX2__)
  print_peak("int8", threads, 16, [] {  // bytes widened to 16 bits, which is how AVX2 multiplies them exactly
    __m256i x = _mm256_set1_epi16(1);
    keep(x);
    chains(_mm256_setzero_si256(),
           [&](__m256i& c) { c = _mm256_add_epi32(c, _mm256_madd_epi16(_mm256_or_si256(x, c), x)); });
  });
#endif
}

/// Sums `size` bytes, a multiple of kLine.
void sum(const unsigned char* begin, std::size_t size) {
  Words a{}, b{}, c{}, d{};
  for (const unsigned char* at = begin; at < begin + size; at += kLine) {
    const auto* const words = reinterpret_cast<const Words*>(at);
    for (std::size_t line = 0; line < kLine; line += 64) __builtin_prefetch(at + kAhead + line);
    a += words[0], b += words[1], c += words[2], d += words[3];
  }
  a += b, c += d, a += c;
  keep(a);
}

/// 10^9 bytes per second: the best of five sums over 512 MiB, the median of three places in memory (which may
/// belong to different controllers).
double memory_rate(int threads) {
  constexpr std::size_t kBytes = std::size_t{512} << 20;
  const std::size_t share = kBytes / static_cast<std::size_t>(threads) / kLine * kLine;
  std::vector<double> best(3, 1e9);
  std::vector<unsigned char*> places;
  for (double& seconds : best) {
    void* const memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    madvise(memory, kBytes, MADV_HUGEPAGE);
    std::memset(memory, 1, kBytes);
    places.push_back(static_cast<unsigned char*>(memory));
    for (int repeat = 0; repeat < 5; ++repeat) {
      seconds = std::min(seconds, timed(threads, [&](int thread) {
                           sum(places.back() + static_cast<std::size_t>(thread) * share, share);
                         }));
    }
  }
  for (unsigned char* place : places) munmap(place, kBytes);
  std::sort(best.begin(), best.end());
  return static_cast<double>(share) * threads / best[1] / 1e9;
}

/// Seconds to sum a mapped file, in pieces that the threads take in turn; mapping and page faults are
/// included.
double file_seconds(const char* path, int threads) {
  constexpr std::size_t kPiece = 512 << 10;
  const int file = open(path, O_RDONLY);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  const std::size_t size = static_cast<std::size_t>(status.st_size) / kLine * kLine;
  const Clock::time_point start = Clock::now();
  void* const memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) fail(path);
  madvise(memory, size, MADV_HUGEPAGE);
  std::atomic<std::size_t> next{0};
  timed(threads, [&](int) {
    for (std::size_t at = 0; (at = next.fetch_add(kPiece)) < size;)
      sum(static_cast<const unsigned char*>(memory) + at, std::min(kPiece, size - at));
  });
  const double seconds = seconds_since(start);
  munmap(memory, size);
  close(file);
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  if (argc > 2) {
    std::printf("seconds %.6f\n", file_seconds(argv[2], threads));
    return 0;
  }
  print_peaks(threads);
  std::printf("memory_one %.1f\nmemory_all %.1f\n", memory_rate(1), memory_rate(threads));
  return 0;
}
