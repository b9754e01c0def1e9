// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

namespace sightline {

/// The characters that spell the bytes of a text in a byte-level vocabulary, in UTF-8. GPT-2's table:
/// printable bytes map to themselves, the others to U+0100 and up, in order.
std::array<std::string, 256> byte_symbols();

}  // namespace sightline
