// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counts every `new` of a test program. Include it in exactly one file of a binary: it defines the
// replacements. Under a sanitizer nothing is counted, because the sanitizer replaces them itself.

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__has_feature)  // clang
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SIGHTLINE_COUNTS_ALLOCATIONS 0
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // g++
#define SIGHTLINE_COUNTS_ALLOCATIONS 0
#endif
#ifndef SIGHTLINE_COUNTS_ALLOCATIONS
#define SIGHTLINE_COUNTS_ALLOCATIONS 1
#endif

namespace sightline::testing {

inline std::atomic<std::int64_t> allocations{0};

}  // namespace sightline::testing

#if SIGHTLINE_COUNTS_ALLOCATIONS
void* operator new(std::size_t size) {
  ++sightline::testing::allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif
