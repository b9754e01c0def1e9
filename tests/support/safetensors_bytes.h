// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "support/catch.h"

namespace sightline::testing {

/// Overwrites the first number of a tensor in a safetensors file; the tensor must exist.
inline void overwrite_first(std::string& file, const std::string& tensor, float value) {
  std::uint64_t header = 0;
  std::memcpy(&header, file.data(), sizeof header);
  const std::size_t entry = file.find('"' + tensor + '"');
  const std::size_t offsets = file.find('[', file.find("data_offsets", entry));
  REQUIRE(offsets < header);
  const std::size_t begin = sizeof header + header + std::stoul(file.substr(offsets + 1));
  std::memcpy(file.data() + begin, &value, sizeof value);
}

}  // namespace sightline::testing
