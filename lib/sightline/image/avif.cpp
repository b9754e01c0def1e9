// SPDX-License-Identifier: Apache-2.0
#include <avif/avif.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "sightline/base/optional_library.h"
#include "sightline/image/avif_precision.h"
#include "sightline/image/bmff.h"
#include "sightline/image/codec.h"
#include "sightline/image/orientation.h"
#include "sightline/image/quiet_stderr.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "AVIF";

/// The functions of libavif, which is loaded on the first AVIF file.
struct AvifLibrary {
  AvifLibrary() {
    library.find<avifVersion>(version, "avifVersion");
    library.find<avifDecoderCreate>(decoder_create, "avifDecoderCreate");
    library.find<avifDecoderDestroy>(decoder_destroy, "avifDecoderDestroy");
    library.find<avifDecoderSetIOMemory>(set_io_memory, "avifDecoderSetIOMemory");
    library.find<avifDecoderParse>(parse, "avifDecoderParse");
    library.find<avifDecoderNthImage>(nth_image, "avifDecoderNthImage");
    library.find<avifRGBImageSetDefaults>(rgb_set_defaults, "avifRGBImageSetDefaults");
    library.find<avifImageYUVToRGB>(yuv_to_rgb, "avifImageYUVToRGB");
    library.find<avifResultToString>(result_to_string, "avifResultToString");
  }

  static const AvifLibrary& get() {
    static const AvifLibrary library;
    return library;
  }
  /// Errors: unsupported.
  static const AvifLibrary& require() {
    const AvifLibrary& found = get();
    if (!found.library.problem().empty()) {
      fail(ErrorCode::unsupported, kSubject,
           "cannot be read without libavif, which is not installed (" + found.library.problem() + ")");
    }
    return found;
  }

  OptionalLibrary<*SIGHTLINE_LIBAVIF == '\0'> library{SIGHTLINE_LIBAVIF};
  decltype(avifVersion)* version;
  decltype(avifDecoderCreate)* decoder_create;
  decltype(avifDecoderDestroy)* decoder_destroy;
  decltype(avifDecoderSetIOMemory)* set_io_memory;
  decltype(avifDecoderParse)* parse;
  decltype(avifDecoderNthImage)* nth_image;
  decltype(avifRGBImageSetDefaults)* rgb_set_defaults;
  decltype(avifImageYUVToRGB)* yuv_to_rgb;
  decltype(avifResultToString)* result_to_string;
};

ErrorCode code_of(avifResult result) {
  switch (result) {
    case AVIF_RESULT_TRUNCATED_DATA:
      return ErrorCode::truncated;
    case AVIF_RESULT_INVALID_FTYP:
    case AVIF_RESULT_BMFF_PARSE_FAILED:
    case AVIF_RESULT_NO_CONTENT:
    case AVIF_RESULT_INVALID_IMAGE_GRID:
      return ErrorCode::header;
    case AVIF_RESULT_UNSUPPORTED_DEPTH:
    case AVIF_RESULT_NO_CODEC_AVAILABLE:
    case AVIF_RESULT_NOT_IMPLEMENTED:
      return ErrorCode::unsupported;
    case AVIF_RESULT_OUT_OF_MEMORY:
      return ErrorCode::limit;
    default:
      return ErrorCode::corrupt;
  }
}

/// The EXIF orientation equivalent to libavif's `irot` (anticlockwise quarter turns, first) and `imir`
/// (mirroring, second), as in Pillow's irot_imir_to_exif_orientation.
int orientation_of_transforms(const avifImage& image) {
  const int quarters = (image.transformFlags & AVIF_TRANSFORM_IROT) != 0 ? image.irot.angle & 3 : 0;
  if ((image.transformFlags & AVIF_TRANSFORM_IMIR) == 0) {
    constexpr std::array<int, 4> kTurned = {1, 8, 3, 6};
    return kTurned[static_cast<std::size_t>(quarters)];
  }
#if AVIF_VERSION >= 1000000
  const bool left_right = image.imir.axis != 0;
#else
  const bool left_right = image.imir.mode != 0;
#endif
  constexpr std::array<int, 4> kThenLeftRight = {2, 7, 4, 5};
  constexpr std::array<int, 4> kThenTopBottom = {4, 5, 2, 7};
  return (left_right ? kThenLeftRight : kThenTopBottom)[static_cast<std::size_t>(quarters)];
}

ByteView view_of(const avifRWData& data) { return std::as_bytes(std::span(data.data, data.size)); }

/// As in Pillow, the transforms determine the orientation and override EXIF, even if there are none; if EXIF
/// has no orientation and there is no transform, XMP is used.
int orientation_of(const avifImage& image) {
  const int transform_orientation = orientation_of_transforms(image);
  const ExifOrientation exif = read_exif_orientation(view_of(image.exif));
  const bool has_exif = exif.found || exif.unreadable;
  return transform_orientation != 1 || has_exif ? transform_orientation : xmp_orientation(view_of(image.xmp));
}

struct DestroyDecoder {
  void operator()(avifDecoder* decoder) const { AvifLibrary::get().decoder_destroy(decoder); }
};

class AvifReader : public RowReader {
 public:
  AvifReader(ByteView file, const ImageLimits& limits)
      : library_(AvifLibrary::require()), file_(file), limits_(limits), decoder_(library_.decoder_create()) {
    if (decoder_ == nullptr) {
      fail(ErrorCode::limit, kSubject, "out of memory");
    }
    configure();
    check(library_.set_io_memory(decoder_.get(), reinterpret_cast<const std::uint8_t*>(file.data()),
                                 file.size()));
    check(library_.parse(decoder_.get()));
    const avifImage& image = *decoder_->image;
    check_image_size(image.width, image.height, limits, kSubject);
    info_.width = static_cast<std::int32_t>(image.width);
    info_.height = static_cast<std::int32_t>(image.height);
    info_.alpha_channel = decoder_->alphaPresent != 0;
    info_.format = info_.alpha_channel ? RowFormat::rgba : RowFormat::rgb;
    info_.orientation = orientation_of(image);
    check_memory();
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    if (pixels_ == nullptr) {
      decode();
    }
    for (int i = 0; i < count; ++i, ++next_row_) {
      std::memcpy(rows + static_cast<std::size_t>(i) * stride, pixels_.get() + next_row_ * row_bytes(),
                  row_bytes());
    }
  }

  void finish() override {}

 private:
  std::size_t row_bytes() const {
    return static_cast<std::size_t>(info_.width) * static_cast<std::size_t>(channels_of(info_.format));
  }

  void check(avifResult result) const {
    if (result == AVIF_RESULT_OK) {
      return;
    }
    const ErrorCode code = code_of(result);
    if (code == ErrorCode::header) {
      check_bmff_sizes(file_, limits_, kSubject);  // libavif reports no more than a parse error
    }
    const bool truncated =
        code != ErrorCode::unsupported && code != ErrorCode::limit && bmff_is_truncated(file_);
    fail(truncated ? ErrorCode::truncated : code, kSubject,
         truncated || code == ErrorCode::truncated
             ? "ends before its image is complete"
             : "cannot be decoded: " + std::string(library_.result_to_string(result)));
  }

  void configure() {
    avifDecoder& decoder = *decoder_;
    decoder.maxThreads = 1;
    decoder.imageSizeLimit =
        static_cast<std::uint32_t>(std::min<std::int64_t>(limits_.max_pixels, AVIF_DEFAULT_IMAGE_SIZE_LIMIT));
    decoder.imageDimensionLimit = static_cast<std::uint32_t>(limits_.max_side);
    decoder.imageCountLimit = 100'000;  // number of frames of a sequence; only the first is decoded
    // As Pillow: files of older encoders violate these two rules.
    decoder.strictFlags &= ~static_cast<avifStrictFlags>(AVIF_STRICT_CLAP_VALID | AVIF_STRICT_PIXI_REQUIRED);
  }

  /// The output samples and the planes that they are computed from.
  void check_memory() const {
    const avifImage& image = *decoder_->image;
    const std::int64_t sample = image.depth > 8 ? 2 : 1;
    const std::int64_t planes = 3 + (info_.alpha_channel ? 1 : 0);
    const std::int64_t bytes =
        checked_mul(info_.width, info_.height, kSubject) * (channels_of(info_.format) + planes * sample);
    check_decoder_memory(bytes, limits_, kSubject, "", " to be decoded");
  }

  void decode() {
    const QuietStderr quiet;
    check(library_.nth_image(decoder_.get(), 0));
    const avifImage& image = *decoder_->image;
    if (image.width != static_cast<std::uint32_t>(info_.width) ||
        image.height != static_cast<std::uint32_t>(info_.height)) {
      fail(ErrorCode::corrupt, kSubject, "contains a frame whose size differs from its header");
    }
    pixels_ =
        std::make_unique_for_overwrite<std::uint8_t[]>(row_bytes() * static_cast<std::size_t>(info_.height));
    avifImage source = image;
    match_precision_of_pillow(source, info_.alpha_channel);
    avifRGBImage rgb;
    library_.rgb_set_defaults(&rgb, &source);
    rgb.depth = 8;
    rgb.format = info_.alpha_channel ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    rgb.pixels = pixels_.get();
    rgb.rowBytes = static_cast<std::uint32_t>(row_bytes());
    check(library_.yuv_to_rgb(&source, &rgb));
    decoder_.reset();  // its planes are as large as the samples
  }

  const AvifLibrary& library_;
  ByteView file_;
  ImageLimits limits_;
  std::unique_ptr<avifDecoder, DestroyDecoder> decoder_;
  std::unique_ptr<std::uint8_t[]> pixels_;  // [height, width, channels]
  std::size_t next_row_ = 0;
};

class AvifCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "avif"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits, ImageWarnings*) const override {
    return std::make_unique<AvifReader>(file, limits);
  }
};

}  // namespace

const ImageCodec& avif_codec() {
  static const AvifCodec codec;
  return codec;
}

std::string libavif_version() {
  const AvifLibrary& library = AvifLibrary::get();
  return library.library.problem().empty() ? library.version() : "";
}

}  // namespace sightline
