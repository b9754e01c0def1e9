// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/tower_config.h"

#include "sightline/base/bytes.h"

namespace sightline {

std::int64_t ImageTowerConfig::tokens() const {
  return checked_add(checked_mul(side(), side(), "image_size"), class_token ? 1 : 0, "image_size");
}

}  // namespace sightline
