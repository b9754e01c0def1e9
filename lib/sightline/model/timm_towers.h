// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/tower_config.h"

namespace sightline {

/// The image tower that timm's function of this name builds, without a projection. Errors: unsupported, with
/// `subject`, for a name that is not in the table.
ImageTowerConfig timm_image_tower(std::string_view name, std::string_view subject);

}  // namespace sightline
