// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "sightline/tensor/tensor.h"

namespace sightline {

/// A stack allocator for the temporaries of a forward pass. It grows during the first pass. When the
/// outermost frame ends, its blocks are merged into one of exactly the peak size, so repeating the pass
/// allocates nothing. Thread-safety: use one object per concurrent pass.
class Scratch {
 public:
  /// Releases, when it is destroyed, all memory taken since its construction.
  class Frame {
   public:
    explicit Frame(Scratch& scratch);
    ~Frame();
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    /// Memory for `shape`, 64-byte aligned, uninitialised, valid until the frame ends. `T` is a plain type: a
    /// number or a struct of numbers.
    template <class T = float>
    TensorView<T> take(Shape shape) {
      static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= kAlignment);
      return {reinterpret_cast<T*>(scratch_.take(shape.elements(), sizeof(T))), shape};
    }

   private:
    Scratch& scratch_;
    std::size_t block_;
    std::int64_t used_, live_;
  };

  /// Bytes allocated; used in reports and by the test that a repeated pass allocates nothing.
  std::int64_t capacity() const;

 private:
  static constexpr std::size_t kAlignment = 64;
  struct Block {
    Tensor memory;  // [bytes], uint8
    std::int64_t used = 0;
  };
  std::byte* take(std::int64_t count, std::size_t size);
  void merge_blocks() noexcept;

  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::int64_t live_ = 0, peak_ = 0;  // bytes in use, now and at the peak
};

}  // namespace sightline
