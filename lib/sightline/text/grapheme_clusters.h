// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace sightline {

/// Returns where the extended grapheme cluster that begins at `begin` ends, for valid UTF-8 and `begin` at
/// the start of a cluster. Source: Unicode Standard Annex 29, section 3.1.1, with the properties of
/// tokenizers 0.23.3.
std::size_t cluster_end(std::string_view text, std::size_t begin);

}  // namespace sightline
