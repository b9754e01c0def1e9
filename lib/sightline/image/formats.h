// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sightline/image/codec.h"

namespace sightline {

/// A supported image format. To add one, write a new file and an entry of the table in formats.cpp.
struct ImageFormat {
  std::string_view name;                         ///< display name: "JPEG", "WebP"
  std::span<const std::string_view> extensions;  ///< file name extensions: lower case, with the dot
  /// Whether a file starts like this format, judged by its first bytes. Works without a codec.
  bool (*recognizes)(ByteView file);
  const ImageCodec* codec;   ///< null if this build cannot read the format because `library` was not
                             ///< available
  std::string_view library;  ///< the decoding library ("libwebp"); empty if sightline decodes the format
                             ///< itself
  /// The version of the library in use: "1.2.4"; empty if it cannot be loaded. Null if `library` is empty or
  /// `codec` null. Loads a library that is loaded at run time.
  std::string (*version)();
};

/// Every format that some build can read, the most common first. The formats of this build have a codec.
std::span<const ImageFormat> image_formats();

/// The names of the formats that this build reads: "JPEG, PNG and WebP".
std::string readable_formats();

}  // namespace sightline
