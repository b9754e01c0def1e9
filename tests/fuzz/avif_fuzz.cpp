// SPDX-License-Identifier: Apache-2.0
// Any bytes as a AVIF image. A build that cannot read the format refuses them all.

#include "coded_image.h"
#include "sightline/image/signatures.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_coded_image(data, size, sightline::is_avif);
}
