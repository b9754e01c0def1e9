// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/text/piece_index.h"

namespace sightline {

/// The tokens of a `vocab.txt`: one per line, without the white space at its end. Errors: utf8, limit (size,
/// number or length of tokens), header (no tokens, a byte-order mark, or NUL). Duplicates are left to
/// PieceTable.
PieceList read_vocab_txt(std::string_view text);

}  // namespace sightline
