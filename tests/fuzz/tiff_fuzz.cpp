// SPDX-License-Identifier: Apache-2.0
// Any bytes as a TIFF file, where the build reads TIFF.

#include "codec_fuzz.h"
#include "sightline/image/formats.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const sightline::ImageFormat& format : sightline::image_formats()) {
    if (format.name == "TIFF" && format.codec != nullptr) {
      return fuzz_codec(*format.codec, data, size);
    }
  }
  return 0;
}
