// SPDX-License-Identifier: Apache-2.0
// For builds without a compiled table of CLIP's vocabulary, and for the program that compiles it.
#include "sightline/text/clip_table.h"

namespace sightline {

ByteView clip_table_bytes() { return {}; }

}  // namespace sightline
