// SPDX-License-Identifier: Apache-2.0
#include "image_endings.h"

#include <algorithm>

namespace sightline::app {
namespace {

/// Files of image formats that no build reads, or not every build.
constexpr std::string_view kImageEndings[] = {
    // on the web and from phones
    ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif", ".avifs", ".heic", ".heics", ".heif", ".heifs",
    ".hif", ".avci", ".jxl", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx", ".jpm", ".jxr", ".wdp", ".hdp",
    ".mng", ".jng", ".mpo", ".bpg", ".flif", ".qoi", ".wbmp",
    // of editors, and drawings
    ".svg", ".svgz", ".psd", ".psb", ".xcf", ".kra", ".ai", ".eps", ".wmf", ".emf",
    // raw data of cameras
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw",
    ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
    // icons, old and scientific formats, textures
    ".ico", ".cur", ".icns", ".pbm", ".pgm", ".ppm", ".pnm", ".pam", ".pfm", ".pcx", ".tga", ".sgi", ".xbm",
    ".xpm", ".exr", ".hdr", ".dds", ".dpx", ".cin", ".dcm", ".fits"};

}  // namespace

ImageEndings::ImageEndings(std::span<const ImageFormat> formats) {
  for (const std::string_view ending : kImageEndings) kinds_.emplace(ending, EndingKind::unread);
  for (const ImageFormat& format : formats) {
    for (const std::string_view ending : format.extensions)
      kinds_[std::string(ending)] = format.codec == nullptr ? EndingKind::unread : EndingKind::readable;
  }
}

EndingKind ImageEndings::kind(std::string_view ending) const {
  const auto found = kinds_.find(ending);
  return found == kinds_.end() ? EndingKind::other : found->second;
}

std::string ending_of(std::string_view path) {
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  const std::size_t dot = name.find_last_of('.');
  std::string ending(dot == std::string_view::npos ? "" : name.substr(dot));
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return ending;
}

}  // namespace sightline::app
