// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "batch/inputs.h"
#include "batch/shard_source.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/shard.h"

namespace sightline::app {

/// The images of a run that belong to its shard; all of them without one. If all inputs are tar archives, and
/// there are at least as many of them as shards, a shard has every Nth archive; otherwise it has every Nth
/// image, and archives are divided.
class ImageShard {
 public:
  /// Leaves in `inputs` only what this run reads and reports.
  ImageShard(const std::optional<Shard>& shard, ImagePaths& inputs);

  /// The images of the shard among those of `source`, which is the source of `inputs` and calls `add_archive`
  /// after each archive.
  std::unique_ptr<ImageSource> select(std::unique_ptr<ImageSource> source);
  void add_archive(std::int64_t inputs) { archive_inputs_.push_back(inputs); }
  /// Call it when no thread uses the source any more: what was counted becomes known.
  void finish();

  /// The same info, for an array of this shard. Numbers of inputs in archives are those of the last `finish`.
  EmbeddingsInfo describe(EmbeddingsInfo info) const;
  /// Whether no input at all is not an error, because the other shards may have some.
  bool may_be_empty() const;
  /// Whether the images that this run finds in archives, but cannot read, belong in its report, of which
  /// exactly one shard must have them.
  bool reports_archives() const;

 private:
  enum class Division { none, by_input, by_archive, by_member };

  Division division_ = Division::none;
  ShardInfo info_;
  ShardSource* source_ = nullptr;  ///< for by_member
  std::vector<std::int64_t> archive_inputs_;
  bool is_counted_ = false;  ///< the number of inputs is known
};

}  // namespace sightline::app
