// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/image/orientation.h"

namespace sightline {

/// Collects what a PNG's chunks say about how the picture is to be turned: an eXIf chunk, else the text in
/// which ImageMagick and others keep EXIF data ("Raw profile type exif"), else an XMP packet. Of each the
/// last counts, as in Pillow. The views given must outlive it.
class PngOrientation {
 public:
  /// Any chunk; those that say nothing are passed over.
  void take(std::string_view type, ByteView data);
  /// Inflates at most one text of each kind, to at most 1 MiB; what is larger, or cannot be read,
  /// says nothing.
  ExifOrientation value() const;

 private:
  /// A text chunk behind its keyword.
  struct Text {
    std::string_view type;
    ByteView data;
  };
  std::optional<ByteView> exif_;
  std::optional<Text> profile_;
  std::optional<Text> xmp_;
};

}  // namespace sightline
