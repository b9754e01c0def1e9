// SPDX-License-Identifier: Apache-2.0
// .npy: what is accepted has exactly the bytes that its shape asks for.

#include <cstdint>
#include <cstdlib>

#include "sightline/base/error.h"
#include "sightline/containers/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sightline::NpyHeader header =
        sightline::parse_npy_header({reinterpret_cast<const std::byte*>(data), size}, "fuzz");
    const auto file_size = static_cast<std::int64_t>(size);
    const std::int64_t data_size = header.rows * header.columns * header.element_size;
    if (header.rows < 0 || header.columns < 0 || header.data_offset + data_size != file_size) std::abort();
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
  return 0;
}
