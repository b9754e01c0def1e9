// SPDX-License-Identifier: Apache-2.0
// Any bytes as a BMP file.

#include "codec_fuzz.h"
#include "sightline/image/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_codec(sightline::bmp_codec(), data, size);
}
