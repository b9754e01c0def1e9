// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/shard_order.h"

namespace sightline {

ShardOrder::ShardOrder(std::span<const ShardInfo> shards) : shards_(shards) {
  if (!shards_.front().archives) {
    inputs_ = shards_.front().inputs;
  } else {
    for (const ShardInfo& shard : shards_) inputs_ += shard.own_inputs();
  }
}

std::size_t ShardOrder::next() {
  if (!shards_.front().archives) {
    ++last_;
    return shard();
  }
  while (rest_ == 0) {
    ++last_;
    const std::size_t archive = static_cast<std::size_t>(last_) / shards_.size();
    rest_ = shards_[shard()].archives->inputs[archive];
  }
  --rest_;
  return shard();
}

}  // namespace sightline
