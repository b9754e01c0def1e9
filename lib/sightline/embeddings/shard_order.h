// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sightline/embeddings/shard.h"

namespace sightline {

/// The order of the inputs of a list that was divided into shards: to which shard each of them belongs.
class ShardOrder {
 public:
  /// `shards`: all shards of one list, in order, which all or none have `archives`. They must outlive the
  /// order.
  explicit ShardOrder(std::span<const ShardInfo> shards);

  /// The number of inputs of all shards.
  std::int64_t inputs() const { return inputs_; }
  /// The shard of the next input, from 0. Call it at most `inputs` times.
  std::size_t next();

 private:
  std::size_t shard() const { return static_cast<std::size_t>(last_) % shards_.size(); }

  std::span<const ShardInfo> shards_;
  std::int64_t inputs_ = 0;
  std::int64_t last_ = -1;  ///< the input that `next` returned last, or its archive
  std::int64_t rest_ = 0;   ///< the remaining inputs of that archive
};

}  // namespace sightline
