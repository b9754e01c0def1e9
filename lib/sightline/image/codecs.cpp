// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/codec.h"

#include "sightline/image/formats.h"

namespace sightline {

namespace {

struct KnownFormat {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};

using std::string_view_literals::operator""sv;

// Common files that are not supported images, so that the message can name them.
constexpr std::array kKnownFormats = {
    KnownFormat{0, "GIF8", "a GIF image of an unknown version"},
    KnownFormat{0, "\0\0\1\0"sv, "an icon file"},
    KnownFormat{0, "8BPS", "a Photoshop file"},
    KnownFormat{4, "ftyp", "an MP4 or QuickTime file"},
    KnownFormat{0, "\xff\x0a"sv, "a JPEG XL image"},
    KnownFormat{0, "\0\0\0\x0cJXL "sv, "a JPEG XL image"},
    KnownFormat{0, "\0\0\0\x0cjP  "sv, "a JPEG 2000 image"},
    KnownFormat{0, "\xff\x4f\xff\x51"sv, "a JPEG 2000 image"},
    KnownFormat{0, "qoif", "a QOI image"},
    KnownFormat{0, "%PDF", "a PDF document"},
    KnownFormat{0, "PK\3\4", "a zip archive"},
    KnownFormat{0, "\x1f\x8b"sv, "a gzip file"},
    KnownFormat{0, "\x89PNG"sv, "a PNG image whose signature a text-mode transfer has damaged"},
    KnownFormat{0, "\x8aMNG"sv, "an MNG animation"},
    KnownFormat{257, "ustar", "a tar archive"},
    KnownFormat{0, "version https://git-lfs", "a Git LFS pointer, not the file itself (run 'git lfs pull')"},
};

bool equal_ignoring_case(char a, char b) { return (a | 0x20) == (b | 0x20); }

/// Whether a tag occurs in the first bytes of a text: web servers may return a page instead of an image.
bool has_tag(std::string_view text, std::string_view tag) {
  const std::string_view head = text.substr(0, 512);
  for (std::size_t i = 0; i + tag.size() <= head.size(); ++i) {
    std::size_t n = 0;
    while (n < tag.size() && equal_ignoring_case(head[i + n], tag[n])) {
      ++n;
    }
    if (n == tag.size()) {
      return true;
    }
  }
  return false;
}

std::string describe(std::string_view text) {
  if (text.empty()) {
    return "is empty";
  }
  std::string_view what;
  for (const KnownFormat& known : kKnownFormats) {
    if (what.empty() && text.size() > known.offset && text.substr(known.offset).starts_with(known.bytes)) {
      what = known.what;
    }
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (what.empty() && first != std::string_view::npos && text[first] == '<') {
    what = has_tag(text, "<svg") ? "an SVG image"
           : has_tag(text, "<html") || has_tag(text, "<!doctype")
               ? "an HTML page, perhaps a server's error message"
               : "an XML or HTML file";
  }
  if (what.empty() && first != 0 && first != std::string_view::npos &&
      text.substr(first).starts_with("\xff\xd8\xff")) {
    what = "a JPEG image preceded by white space";
  }
  return what.empty() ? "unrecognised image format" : "is " + std::string(what);
}

}  // namespace

void warn(ImageWarnings* warnings, std::string line) {
  if (warnings != nullptr) {
    warnings->push_back(std::move(line));
  }
}

int channels_of(RowFormat format) { return format == RowFormat::rgb ? 3 : 4; }

const ImageCodec& codec_of(ByteView file) {
  for (const ImageFormat& format : image_formats()) {
    if (!format.recognizes(file)) {
      continue;
    }
    if (format.codec == nullptr) {
      fail(ErrorCode::unsupported, format.name,
           "not supported by this build: " + std::string(format.library) +
               " was not available when it was compiled");
    }
    return *format.codec;
  }
  const std::string_view text = as_text(file);
  fail(ErrorCode::magic, "image",
       describe(text) + (text.empty() ? "" : " (this build reads " + readable_formats() + ")"));
}

void check_image_size(std::int64_t width, std::int64_t height, const ImageLimits& limits,
                      std::string_view subject) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width > limits.max_side || height > limits.max_side) {
    fail(ErrorCode::limit, subject,
         "is " + size + ", expected no side above " + std::to_string(limits.max_side));
  }
  if (checked_mul(width, height, subject) > limits.max_pixels) {
    fail(ErrorCode::limit, subject,
         "is " + size + ", expected at most " + std::to_string(limits.max_pixels) + " pixels");
  }
}

void check_decoder_memory(std::int64_t bytes, const ImageLimits& limits, std::string_view subject,
                          std::string_view why, std::string_view purpose) {
  if (bytes > limits.max_decoder_memory) {
    fail(ErrorCode::limit, subject,
         std::string(why) + "needs " + std::to_string(bytes) + " bytes" + std::string(purpose) +
             ", expected at most " + std::to_string(limits.max_decoder_memory));
  }
}

}  // namespace sightline
