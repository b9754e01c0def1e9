// SPDX-License-Identifier: Apache-2.0
#include "batch/list_source.h"

namespace sightline::app {

bool ListSource::next(ImageItem& item) {
  if (next_ == paths_.size()) return false;
  item = {.path = paths_[next_++]};
  return true;
}

}  // namespace sightline::app
