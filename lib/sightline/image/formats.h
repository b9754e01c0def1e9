// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sightline/image/codec.h"

namespace sightline {

/// A format that images come in. A new format is a new file and one entry of the table in formats.cpp.
struct ImageFormat {
  std::string_view name;                         ///< as messages spell it: "JPEG", "WebP"
  std::span<const std::string_view> extensions;  ///< of its files: lower case, with the dot
  /// Whether a file begins like this format; looks at no more than its first bytes. Works without a codec.
  bool (*recognizes)(ByteView file);
  const ImageCodec* codec;   ///< null: this build does not read it, because `library` was missing
  std::string_view library;  ///< what decodes it ("libwebp"); empty: this program itself
  /// The version of the library that this process uses: "1.2.4". Empty when it cannot be loaded. Null where
  /// `library` or `codec` is. Loads the library where that is done at run time.
  std::string (*version)();
};

/// Every format that a build can read, the commonest first. Those of this build have a codec.
std::span<const ImageFormat> image_formats();

/// The names of the formats that this build reads: "JPEG, PNG and WebP".
std::string readable_formats();

}  // namespace sightline
