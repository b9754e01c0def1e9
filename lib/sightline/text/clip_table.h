// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/bytes.h"

namespace sightline {

/// The token table of CLIP's published vocabulary, with names: compiled from data/vocab when the program is
/// built (make_clip_table.cpp). Empty in builds that cannot run programs of their own; such builds read the
/// same vocabulary as any other.
ByteView clip_table_bytes();

}  // namespace sightline
