// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// The name of a file that stands beside an array and says something of it: "photos.info.json" for
/// "photos.npy" and ".info.json"; an array of another extension keeps it.
inline std::string path_beside(std::string_view npy_path, std::string_view ending) {
  constexpr std::string_view kExtension = ".npy";
  if (npy_path.ends_with(kExtension)) npy_path.remove_suffix(kExtension.size());
  return std::string(npy_path).append(ending);
}

}  // namespace sightline
