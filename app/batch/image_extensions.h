// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sightline/image/formats.h"

namespace sightline::app {

/// How a folder walk treats a file, depending on its extension.
enum class ExtensionKind {
  other,        ///< not an image
  readable,     ///< a format that this build reads
  unsupported,  ///< an image format that this build does not read
};

/// The extensions of image files. A const object may be shared between threads.
class ImageExtensions {
 public:
  /// `formats`: the formats of the build. Those without a codec are unsupported, and so are many other
  /// formats.
  explicit ImageExtensions(std::span<const ImageFormat> formats);

  /// `extension`: in lower case, including the dot.
  ExtensionKind kind(std::string_view extension) const;

 private:
  std::map<std::string, ExtensionKind, std::less<>> kinds_;
};

/// The extensions of this build.
const ImageExtensions& image_extensions();

/// The extension of the last component of `path` in ASCII lower case, including the dot; "" if there is none.
std::string extension_of(std::string_view path);

}  // namespace sightline::app
