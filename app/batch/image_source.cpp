// SPDX-License-Identifier: Apache-2.0
#include "batch/image_source.h"

namespace sightline::app {

bool ImageSource::skip() {
  ImageItem item;
  return next(item);
}

}  // namespace sightline::app
