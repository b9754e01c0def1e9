// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/clip_table.h"

#include <optional>

namespace sightline {

const TokenTable* clip_table() {
  static const std::optional<TokenTable> table =
      clip_table_bytes().empty() ? std::nullopt : std::optional(trust_token_table(clip_table_bytes()));
  return table ? &*table : nullptr;
}

}  // namespace sightline
