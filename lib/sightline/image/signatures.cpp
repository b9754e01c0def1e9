// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/signatures.h"

#include "sightline/image/bmff.h"
#include "sightline/image/png_chunks.h"

namespace sightline {

namespace {

/// Brands that describe the structure of the file, not the codec.
bool is_general_brand(std::string_view brand) { return brand == "mif1" || brand == "msf1"; }

}  // namespace

bool is_jpeg(ByteView file) { return as_text(file).starts_with("\xff\xd8\xff"); }
bool is_png(ByteView file) { return as_text(file).starts_with(kPngSignature); }
bool is_gif(ByteView file) {
  return as_text(file).starts_with("GIF87a") || as_text(file).starts_with("GIF89a");
}
bool is_bmp(ByteView file) { return as_text(file).starts_with("BM"); }
bool is_tiff(ByteView file) {
  const std::string_view magic = as_text(file).substr(0, 4);
  return magic == std::string_view("II*\0", 4) || magic == std::string_view("MM\0*", 4) ||
         magic == std::string_view("II+\0", 4) || magic == std::string_view("MM\0+", 4);
}

bool is_webp(ByteView file) {
  const std::string_view text = as_text(file);
  return text.starts_with("RIFF") && text.substr(0, 12).ends_with("WEBP");
}

bool is_avif(ByteView file) {
  const std::string_view major = bmff_major_brand(file);
  if (major == "avif" || major == "avis") {
    return true;
  }
  return is_general_brand(major) && bmff_has_brand(file, {"avif", "avis"});
}

bool is_heif(ByteView file) {
  const std::string_view major = bmff_major_brand(file);
  for (const std::string_view brand : kHevcBrands) {
    if (major == brand) {
      return true;
    }
  }
  return is_general_brand(major) && !is_avif(file);
}

}  // namespace sightline
