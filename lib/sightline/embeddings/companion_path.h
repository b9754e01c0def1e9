// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// The path of a file that accompanies an array: "photos.info.json" for "photos.npy" and ".info.json". The
/// extension of the array is kept unless it is .npy.
inline std::string companion_path(std::string_view npy_path, std::string_view ending) {
  constexpr std::string_view kExtension = ".npy";
  if (npy_path.ends_with(kExtension)) npy_path.remove_suffix(kExtension.size());
  return std::string(npy_path).append(ending);
}

}  // namespace sightline
