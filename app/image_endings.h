// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sightline/image/formats.h"

namespace sightline::app {

/// What a folder walk makes of a file by its ending.
enum class EndingKind {
  other,     ///< not an image
  readable,  ///< of a format that this build reads
  unread,    ///< of an image format that this build does not read
};

/// Which endings are those of images. const = safe to share.
class ImageEndings {
 public:
  /// `formats`: those of the build; the ones without a codec are unread, and so are many formats besides.
  explicit ImageEndings(std::span<const ImageFormat> formats);

  /// `ending`: lower case, with the dot.
  EndingKind kind(std::string_view ending) const;

 private:
  std::map<std::string, EndingKind, std::less<>> kinds_;
};

/// ASCII lower case of everything from the last dot of the last name in `path`; "" when it has none.
std::string ending_of(std::string_view path);

}  // namespace sightline::app
