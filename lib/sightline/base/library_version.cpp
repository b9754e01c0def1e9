// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/library_version.h"

namespace sightline {

std::string_view version() { return SIGHTLINE_VERSION; }

}  // namespace sightline
