// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/tensor/tensor.h"

namespace sightline {

/// A stack of temporaries for one forward pass. Grows while it is cold; when the outermost frame ends, what
/// grew becomes one block of exactly the largest size that was in use at once, so a pass it has seen never
/// allocates again. Thread-safety: one per concurrent pass.
class Scratch {
 public:
  /// Gives everything taken since its construction back when it ends.
  class Frame {
   public:
    explicit Frame(Scratch& scratch);
    ~Frame();
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    /// Memory for `shape`, 64-byte aligned, not initialised, valid until the frame ends.
    TensorView<float> take(Shape shape) { return scratch_.take(shape); }

   private:
    Scratch& scratch_;
    std::size_t block_;
    std::int64_t used_, live_;
  };

  TensorView<float> take(Shape shape);
  /// Bytes held, for reports and for the test that a warm pass allocates nothing.
  std::int64_t capacity() const;

 private:
  struct Block {
    Tensor memory;
    std::int64_t used = 0;
  };
  void merge_blocks() noexcept;

  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::int64_t live_ = 0, peak_ = 0;  // floats in use, and the most there ever were
};

}  // namespace sightline
