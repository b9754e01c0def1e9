// SPDX-License-Identifier: Apache-2.0
#include "batch/image_extensions.h"

#include <algorithm>

namespace sightline::app {
namespace {

/// Extensions of image formats that no build reads, or only some builds.
constexpr std::string_view kImageExtensions[] = {
    // on the web and from phones
    ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif", ".avifs", ".heic", ".heics", ".heif", ".heifs",
    ".hif", ".avci", ".jxl", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx", ".jpm", ".jxr", ".wdp", ".hdp",
    ".mng", ".jng", ".mpo", ".bpg", ".flif", ".qoi", ".wbmp",
    // editors and vector graphics
    ".svg", ".svgz", ".psd", ".psb", ".xcf", ".kra", ".ai", ".eps", ".wmf", ".emf",
    // camera raw files
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw",
    ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
    // icons, old and scientific formats, textures
    ".ico", ".cur", ".icns", ".pbm", ".pgm", ".ppm", ".pnm", ".pam", ".pfm", ".pcx", ".tga", ".sgi", ".xbm",
    ".xpm", ".exr", ".hdr", ".dds", ".dpx", ".cin", ".dcm", ".fits"};

}  // namespace

ImageExtensions::ImageExtensions(std::span<const ImageFormat> formats) {
  for (const std::string_view extension : kImageExtensions)
    kinds_.emplace(extension, ExtensionKind::unsupported);
  for (const ImageFormat& format : formats) {
    for (const std::string_view extension : format.extensions)
      kinds_[std::string(extension)] =
          format.codec == nullptr ? ExtensionKind::unsupported : ExtensionKind::readable;
  }
}

ExtensionKind ImageExtensions::kind(std::string_view extension) const {
  const auto found = kinds_.find(extension);
  return found == kinds_.end() ? ExtensionKind::other : found->second;
}

const ImageExtensions& image_extensions() {
  static const ImageExtensions of_this_build(image_formats());
  return of_this_build;
}

std::string extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  const std::size_t dot = name.find_last_of('.');
  std::string extension(dot == std::string_view::npos ? "" : name.substr(dot));
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

}  // namespace sightline::app
