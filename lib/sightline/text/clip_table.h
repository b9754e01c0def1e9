// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/bytes.h"
#include "sightline/text/token_table.h"

namespace sightline {

/// The token table of CLIP's published vocabulary, with names: compiled from data/vocab when the program is
/// built (make_clip_table.cpp). nullptr in builds that cannot run programs of their own; such builds read the
/// same vocabulary as any other.
const TokenTable* clip_table();

/// The bytes of that table; empty if there is none. The generated source defines it.
ByteView clip_table_bytes();

}  // namespace sightline
