#include "sightline/tensor/scratch.h"

#include <algorithm>

namespace sightline {
namespace {

constexpr std::int64_t kGranule = 16;          // floats: 64 bytes
constexpr std::int64_t kFirstBlock = 1 << 16;  // floats: 256 KiB

}  // namespace

Scratch::Frame::Frame(Scratch& scratch)
    : scratch_(scratch),
      block_(scratch.current_),
      used_(scratch.blocks_.empty() ? 0 : scratch.blocks_[scratch.current_].used) {}

Scratch::Frame::~Frame() {
  for (std::size_t i = block_ + 1; i < scratch_.blocks_.size(); ++i) scratch_.blocks_[i].used = 0;
  scratch_.current_ = block_;
  if (!scratch_.blocks_.empty()) scratch_.blocks_[block_].used = used_;
}

TensorView<float> Scratch::take(Shape shape) {
  const std::int64_t wanted = (shape.elements() + kGranule - 1) / kGranule * kGranule;
  // Blocks never move, so views stay valid; a block too small for this request is skipped until its frame
  // ends.
  while (current_ < blocks_.size()) {
    Block& block = blocks_[current_];
    if (block.memory.shape().elements() - block.used >= wanted) {
      float* data = block.memory.data() + block.used;
      block.used += wanted;
      return {data, shape};
    }
    if (current_ + 1 == blocks_.size()) break;
    ++current_;
  }
  const std::int64_t last = blocks_.empty() ? kFirstBlock / 2 : blocks_.back().memory.shape().elements();
  blocks_.push_back(Block{Tensor(Shape{std::max(wanted, last * 2)}), wanted});
  current_ = blocks_.size() - 1;
  return {blocks_.back().memory.data(), shape};
}

std::int64_t Scratch::capacity() const {
  std::int64_t floats = 0;
  for (const Block& block : blocks_) floats += block.memory.shape().elements();
  return floats * static_cast<std::int64_t>(sizeof(float));
}

}  // namespace sightline
