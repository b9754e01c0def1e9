// SPDX-License-Identifier: Apache-2.0
#include "batch/update_source.h"

#include "cli/signals.h"

namespace sightline::app {

bool UpdateSource::next(ImageItem& item) {
  if (!inner_.next(item)) return false;
  throw_if_interrupted();  // a file server may need a millisecond for each file
  if (item.bytes || item.error || item.path == "-") return true;
  if (const std::optional<FileStamp> stamp = stamp_of(item.path)) {
    item.stored = stored_.find(item.path, *stamp);
    if (item.stored) item.stamp = stamp;
  }
  return true;
}

}  // namespace sightline::app
