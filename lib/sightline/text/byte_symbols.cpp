// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/byte_symbols.h"

#include "sightline/text/unicode.h"

namespace sightline {

std::array<std::string, 256> byte_symbols() {
  std::array<std::string, 256> symbols;
  char32_t next = 256;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool printable_byte =
        (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    append_utf8(symbols[byte], printable_byte ? byte : next++);
  }
  return symbols;
}

}  // namespace sightline
