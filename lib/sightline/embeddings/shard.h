// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sightline {

/// The largest number of shards.
inline constexpr std::int64_t kMaxShards = 1'000'000;

/// One of `count` parts of a list of inputs. Input i belongs to the shard i mod count + 1, so that the shards
/// have the same number of inputs, give or take one.
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

/// What an info file states about the array of a shard.
struct ShardInfo {
  Shard shard;
  std::string list;         ///< `ListHash::hex` of the labels of all inputs, not only this shard's
  std::int64_t inputs = 0;  ///< number of inputs of all shards
  bool operator==(const ShardInfo&) const = default;
};

}  // namespace sightline
