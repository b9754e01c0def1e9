// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/image/orientation.h"

namespace sightline {

/// Collects the orientation metadata of a PNG: an eXIf chunk, else the text in which ImageMagick and others
/// store EXIF data ("Raw profile type exif"), else an XMP packet. The last of each kind counts, as in Pillow.
/// The given views must outlive this object.
class PngOrientation {
 public:
  /// Accepts any chunk and ignores those without orientation metadata.
  void take(std::string_view type, ByteView data);
  /// Inflates at most one text of each kind, to at most 1 MiB; larger or unreadable texts are ignored.
  ExifOrientation value() const;

 private:
  /// The text of a chunk after its keyword.
  struct Text {
    std::string_view type;
    ByteView data;
  };
  std::optional<ByteView> exif_;
  std::optional<Text> profile_;
  std::optional<Text> xmp_;
};

}  // namespace sightline
