// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/scratch.h"

#include <algorithm>
#include <exception>

#include "sightline/base/bytes.h"

namespace sightline {
namespace {

constexpr std::int64_t kMinBlock = 1 << 18;  // bytes; the smallest allocation

Tensor allocate(std::int64_t bytes) { return Tensor(Shape{bytes}, DType::u8); }

}  // namespace

Scratch::Frame::Frame(Scratch& scratch)
    : scratch_(scratch),
      block_(scratch.current_),
      used_(scratch.blocks_.empty() ? 0 : scratch.blocks_[scratch.current_].used),
      live_(scratch.live_) {}

Scratch::Frame::~Frame() {
  for (std::size_t i = block_ + 1; i < scratch_.blocks_.size(); ++i) scratch_.blocks_[i].used = 0;
  scratch_.current_ = block_;
  if (!scratch_.blocks_.empty()) scratch_.blocks_[block_].used = used_;
  scratch_.live_ = live_;
  if (live_ == 0) scratch_.merge_blocks();
}

std::byte* Scratch::take(std::int64_t count, std::size_t element) {
  constexpr auto kGranule = static_cast<std::int64_t>(kAlignment);
  const std::int64_t wanted = checked_mul(count, static_cast<std::int64_t>(element), "scratch memory");
  const std::int64_t size = checked_add(wanted, kGranule - 1, "scratch memory") / kGranule * kGranule;
  live_ += size;
  peak_ = std::max(peak_, live_);
  // Blocks never move, so views stay valid. A block that is too small for this request is skipped until the
  // frame that uses it ends.
  while (current_ < blocks_.size()) {
    Block& block = blocks_[current_];
    if (block.memory.shape().elements() - block.used >= size) {
      std::byte* data = block.memory.bytes().data() + block.used;
      block.used += size;
      return data;
    }
    if (current_ + 1 == blocks_.size()) break;
    ++current_;
  }
  blocks_.push_back(Block{allocate(std::max(size, kMinBlock)), size});
  current_ = blocks_.size() - 1;
  return blocks_.back().memory.bytes().data();
}

// Called when no block is in use. The old blocks are freed before the new one is allocated, so that memory
// use never peaks at the sum of both.
void Scratch::merge_blocks() noexcept {
  if (blocks_.size() < 2) return;
  blocks_.clear();
  current_ = 0;
  try {
    blocks_.push_back(Block{allocate(peak_)});
  } catch (const std::exception&) {
    blocks_.clear();  // the next take allocates again and reports the failure
  }
}

std::int64_t Scratch::capacity() const {
  std::int64_t bytes = 0;
  for (const Block& block : blocks_) bytes += block.memory.shape().elements();
  return bytes;
}

}  // namespace sightline
