// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_orientation.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <string>

#include "sightline/image/orientation.h"

namespace sightline {

namespace {

constexpr std::string_view kProfileKeyword = "Raw profile type exif";
constexpr std::string_view kPlainKeyword = "exif";  // not in the standard, but accepted by Pillow
constexpr std::string_view kXmpKeyword = "XML:com.adobe.xmp";
constexpr std::size_t kMaxText = 1 << 20;  // Pillow's MAX_TEXT_CHUNK

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* it) const { libdeflate_free_decompressor(it); }
};

std::string inflated(std::string_view zlib) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  std::string text(kMaxText, '\0');
  std::size_t size = 0;
  const bool good = decompressor != nullptr &&
                    libdeflate_zlib_decompress(decompressor.get(), zlib.data(), zlib.size(), text.data(),
                                               text.size(), &size) == LIBDEFLATE_SUCCESS;
  text.resize(good ? size : 0);
  return text;
}

/// Returns the text before the first `mark` and removes both; empty if there is none.
std::string_view after(std::string_view text, char mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
}

/// The text of a chunk; `data` starts after the keyword. Source: PNG, third edition, 11.3.3.
std::string text_of(std::string_view type, std::string_view data) {
  if (type == "tEXt" || data.size() < 2) {
    return std::string(type == "tEXt" ? data : std::string_view());
  }
  if (type == "zTXt") {
    return data[0] == 0 ? inflated(data.substr(1)) : std::string();
  }
  const bool compressed = data[0] != 0, known = data[1] == 0;
  const std::string_view text = after(after(data.substr(2), '\0'), '\0');  // after language and translated
                                                                           // keyword
  return compressed ? (known ? inflated(text) : std::string()) : std::string(text);
}

int hex_digit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::size_t at = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// Parses a profile in ImageMagick's form: an empty line, its name, its size, then lines of hexadecimal
/// digits. Returns nothing if it contains anything else.
std::optional<std::string> profile_bytes(std::string_view text) {
  std::string bytes;
  bool half = false;
  for (const char c : after(after(after(text, '\n'), '\n'), '\n')) {
    const int digit = hex_digit(c);
    if (digit < 0 && !half && (c == ' ' || (c >= '\t' && c <= '\r'))) {
      continue;
    }
    if (digit < 0) {
      return std::nullopt;
    }
    if (half) {
      bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) << 4 | digit);
    } else {
      bytes.push_back(static_cast<char>(digit));
    }
    half = !half;
  }
  return half ? std::nullopt : std::optional(bytes);
}

}  // namespace

void PngOrientation::take(std::string_view type, ByteView data) {
  if (type == "eXIf") {
    exif_ = data;
  } else if (type == "tEXt" || type == "zTXt" || type == "iTXt") {
    const std::string_view text = as_text(data);
    const std::string_view keyword = text.substr(0, text.find('\0'));
    const Text found = {type, data.subspan(std::min(keyword.size() + 1, data.size()))};
    if (keyword == kPlainKeyword && type == "tEXt") {
      exif_ = found.data;
    } else if (keyword == kProfileKeyword) {
      profile_ = found;
    } else if (keyword == kXmpKeyword) {
      xmp_ = found;
    }
  }
}

ExifOrientation PngOrientation::value() const {
  std::string xmp = xmp_ ? text_of(xmp_->type, as_text(xmp_->data)) : std::string();
  if (exif_ || !profile_) {
    return metadata_orientation(exif_.value_or(ByteView()), as_bytes(xmp));
  }
  const std::optional<std::string> profile = profile_bytes(text_of(profile_->type, as_text(profile_->data)));
  if (!profile) {
    return {.unreadable = true};
  }
  return metadata_orientation(as_bytes(*profile), as_bytes(xmp));
}

}  // namespace sightline
