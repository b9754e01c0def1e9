// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// The largest number of shards.
inline constexpr std::int64_t kMaxShards = 1'000'000;
/// The largest number of inputs that an info file may state, so that sums over all shards are exact.
inline constexpr std::int64_t kMaxShardInputs = std::int64_t{1} << 40;

/// One of `count` parts of a list of inputs. Input i belongs to the shard i mod count + 1, so that the shards
/// have the same number of inputs, give or take one. A list of archives is divided in the same way, each
/// archive as a whole (`ShardArchives`).
struct Shard {
  std::int64_t index = 1;  ///< 1 to count
  std::int64_t count = 1;

  bool contains(std::int64_t input) const { return input % count == index - 1; }
  /// The number of inputs in this shard of a list of `inputs`.
  std::int64_t size_of(std::int64_t inputs) const {
    return inputs < index ? 0 : (inputs - index) / count + 1;
  }
  bool operator==(const Shard&) const = default;
};

/// Parses "K/N". Empty unless 1 <= K <= N <= kMaxShards.
std::optional<Shard> parse_shard(std::string_view text);

/// "photos-1-of-4.npy" for "photos.npy": the shard stands before the extension of the last component.
std::string shard_path(std::string_view path, const Shard& shard);

/// A shard of whole archives.
struct ShardArchives {
  std::int64_t count = 0;            ///< number of archives of all shards
  std::vector<std::int64_t> inputs;  ///< number of inputs of each archive of this shard, in order
  bool operator==(const ShardArchives&) const = default;
};

/// What an info file states about the array of a shard.
struct ShardInfo {
  Shard shard;
  std::string list;         ///< `ListHash::hex` of the whole list, not only this shard's part
  std::int64_t inputs = 0;  ///< number of inputs of all shards, unless there are `archives`
  std::optional<ShardArchives> archives = {};
  /// `ListHash::hex` of the labels of the inputs of all shards, in order; empty in files of older versions,
  /// and if there are `archives`, because no shard reads those of the others.
  std::string labels = {};
  bool operator==(const ShardInfo&) const = default;

  /// The number of inputs of this shard.
  std::int64_t own_inputs() const;
};

}  // namespace sightline
