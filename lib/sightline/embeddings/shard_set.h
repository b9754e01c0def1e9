// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sightline/containers/npy.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/shard_order.h"

namespace sightline {

/// The hashes in the info file of a shard; empty if it has none.
struct ShardHashes {
  std::string rows, index;
};

/// The arrays of all shards of one list of inputs.
class ShardSet {
 public:
  /// Opens the arrays, in any order, and checks that they belong together.
  /// Errors: those of `NpyFile::open`, `read_info` and `check_info`, also for a missing info file; mismatch
  /// for an array that is not that of a shard, or whose model, settings, list or number of shards differ from
  /// those of the first array; duplicate for two arrays of one shard; missing for a shard without an array.
  explicit ShardSet(const std::vector<std::string>& arrays);

  std::int64_t count() const { return std::ssize(arrays_); }
  /// The number of inputs of all shards, and their order.
  std::int64_t inputs() const { return order().inputs(); }
  ShardOrder order() const { return ShardOrder(shards_); }
  /// The number of inputs of one shard, which counts from 0.
  std::int64_t inputs_of(std::int64_t shard) const {
    return shards_[static_cast<std::size_t>(shard)].own_inputs();
  }
  const NpyFile& array(std::int64_t shard) const { return arrays_[static_cast<std::size_t>(shard)]; }
  const ShardHashes& hashes(std::int64_t shard) const { return hashes_[static_cast<std::size_t>(shard)]; }
  /// The hash of the labels of all shards; empty if it is not known.
  const std::string& labels() const { return shards_.front().labels; }
  /// What the info file of the whole array states, except for the hashes.
  EmbeddingsInfo whole_info() const;
  /// "path" or "text": the key of the labels.
  std::string_view label_key() const { return info_.modality == Modality::image ? "path" : "text"; }

 private:
  std::vector<NpyFile> arrays_;
  std::vector<ShardHashes> hashes_;
  std::vector<ShardInfo> shards_;
  EmbeddingsInfo info_;  ///< that of the first shard
};

}  // namespace sightline
