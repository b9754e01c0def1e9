// SPDX-License-Identifier: Apache-2.0
#include "batch/shard_source.h"

namespace sightline::app {

bool ShardSource::take(ImageItem& item, bool wanted) {
  while (true) {
    const bool own = shard_.contains(inputs_);
    if (!(own && wanted ? inner_->next(item) : inner_->next_label(item))) {
      ended_ = true;
      return false;
    }
    ++inputs_;
    labels_.add(item.path);
    if (own) return true;
  }
}

}  // namespace sightline::app
