// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "batch/image_source.h"
#include "sightline/embeddings/list_hash.h"
#include "sightline/embeddings/shard.h"

namespace sightline::app {

/// The inputs of a shard among those of another source. It passes over the others without their content, also
/// after the last one of the shard, so that all are counted.
class ShardSource : public ImageSource {
 public:
  ShardSource(std::unique_ptr<ImageSource> inner, const Shard& shard)
      : inner_(std::move(inner)), shard_(shard) {}

  bool next(ImageItem& item) override { return take(item, true); }
  bool next_label(ImageItem& item) override { return take(item, false); }
  bool ready(std::chrono::milliseconds patience = {}) override { return inner_->ready(patience); }

  /// The number of inputs of all shards; nullopt until the end.
  std::optional<std::int64_t> inputs() const { return ended_ ? std::optional(inputs_) : std::nullopt; }
  /// The hash of their labels, in order.
  std::string labels() const { return labels_.hex(); }

 private:
  bool take(ImageItem& item, bool wanted);

  std::unique_ptr<ImageSource> inner_;
  Shard shard_;
  std::int64_t inputs_ = 0;  ///< of the other source so far
  ListHash labels_;
  bool ended_ = false;
};

}  // namespace sightline::app
