// SPDX-License-Identifier: Apache-2.0
#include <libheif/heif.h>

#include <cstring>
#include <memory>

#include "sightline/base/optional_library.h"
#include "sightline/image/bmff.h"
#include "sightline/image/codec.h"
#include "sightline/image/color.h"
#include "sightline/image/quiet_stderr.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "HEIC";

/// The functions of libheif, which is loaded on the first HEIC file.
struct HeifLibrary {
  HeifLibrary() {
    library.find<heif_get_version>(get_version, "heif_get_version");
    library.find<heif_init>(init, "heif_init");
    library.find<heif_have_decoder_for_format>(have_decoder, "heif_have_decoder_for_format");
    library.find<heif_context_alloc>(context_alloc, "heif_context_alloc");
    library.find<heif_context_free>(context_free, "heif_context_free");
    library.find<heif_context_set_maximum_image_size_limit>(set_size_limit,
                                                            "heif_context_set_maximum_image_size_limit");
    library.find<heif_context_set_max_decoding_threads>(set_threads, "heif_context_set_max_decoding_threads");
    library.find<heif_context_read_from_memory_without_copy>(read,
                                                             "heif_context_read_from_memory_without_copy");
    library.find<heif_context_get_primary_image_handle>(primary, "heif_context_get_primary_image_handle");
    library.find<heif_image_handle_release>(handle_release, "heif_image_handle_release");
    library.find<heif_image_handle_get_width>(handle_width, "heif_image_handle_get_width");
    library.find<heif_image_handle_get_height>(handle_height, "heif_image_handle_get_height");
    library.find<heif_image_handle_has_alpha_channel>(handle_has_alpha,
                                                      "heif_image_handle_has_alpha_channel");
    library.find<heif_image_handle_is_premultiplied_alpha>(handle_premultiplied,
                                                           "heif_image_handle_is_premultiplied_alpha");
    library.find<heif_decoding_options_alloc>(options_alloc, "heif_decoding_options_alloc");
    library.find<heif_decoding_options_free>(options_free, "heif_decoding_options_free");
    library.find<heif_decode_image>(decode, "heif_decode_image");
    library.find<heif_image_release>(image_release, "heif_image_release");
    library.find<heif_image_get_width>(image_width, "heif_image_get_width");
    library.find<heif_image_get_height>(image_height, "heif_image_get_height");
    library.find<heif_image_get_plane_readonly>(image_plane, "heif_image_get_plane_readonly");
    if (library.problem().empty()) {
      init(nullptr);  // loads decoder plugins that are separate files
    }
  }

  static const HeifLibrary& get() {
    static const HeifLibrary library;
    return library;
  }
  /// Errors: unsupported.
  static const HeifLibrary& require() {
    const HeifLibrary& found = get();
    if (!found.library.problem().empty()) {
      fail(ErrorCode::unsupported, kSubject,
           "cannot be read without libheif, which is not installed (" + found.library.problem() + ")");
    }
    if (found.have_decoder(heif_compression_HEVC) == 0) {
      fail(ErrorCode::unsupported, kSubject,
           "cannot be read: libheif has no HEVC decoder on this system (package libheif-plugin-libde265)");
    }
    return found;
  }

  OptionalLibrary<*SIGHTLINE_LIBHEIF == '\0'> library{SIGHTLINE_LIBHEIF};
  decltype(heif_get_version)* get_version;
  decltype(heif_init)* init;
  decltype(heif_have_decoder_for_format)* have_decoder;
  decltype(heif_context_alloc)* context_alloc;
  decltype(heif_context_free)* context_free;
  decltype(heif_context_set_maximum_image_size_limit)* set_size_limit;
  decltype(heif_context_set_max_decoding_threads)* set_threads;
  decltype(heif_context_read_from_memory_without_copy)* read;
  decltype(heif_context_get_primary_image_handle)* primary;
  decltype(heif_image_handle_release)* handle_release;
  decltype(heif_image_handle_get_width)* handle_width;
  decltype(heif_image_handle_get_height)* handle_height;
  decltype(heif_image_handle_has_alpha_channel)* handle_has_alpha;
  decltype(heif_image_handle_is_premultiplied_alpha)* handle_premultiplied;
  decltype(heif_decoding_options_alloc)* options_alloc;
  decltype(heif_decoding_options_free)* options_free;
  decltype(heif_decode_image)* decode;
  decltype(heif_image_release)* image_release;
  decltype(heif_image_get_width)* image_width;
  decltype(heif_image_get_height)* image_height;
  decltype(heif_image_get_plane_readonly)* image_plane;
};

struct Release {
  void operator()(heif_context* context) const { HeifLibrary::get().context_free(context); }
  void operator()(heif_image_handle* handle) const { HeifLibrary::get().handle_release(handle); }
  void operator()(heif_decoding_options* options) const { HeifLibrary::get().options_free(options); }
  void operator()(heif_image* image) const { HeifLibrary::get().image_release(image); }
};

ErrorCode code_of(const heif_error& error) {
  if (error.subcode == heif_suberror_Security_limit_exceeded) {
    return ErrorCode::limit;
  }
  if (error.subcode == heif_suberror_End_of_data) {
    return ErrorCode::truncated;
  }
  switch (error.code) {
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
    case heif_error_Color_profile_does_not_exist:
      return ErrorCode::unsupported;
    case heif_error_Memory_allocation_error:
      return ErrorCode::limit;
    case heif_error_Input_does_not_exist:
    case heif_error_Invalid_input:
      return ErrorCode::header;
    default:
      return ErrorCode::corrupt;
  }
}

/// libheif decodes whole images, with the file's rotation and cropping applied (EXIF repeats the rotation and
/// is ignored).
class HeifReader : public RowReader {
 public:
  HeifReader(ByteView file, const ImageLimits& limits)
      : library_(HeifLibrary::require()), file_(file), limits_(limits) {
    if (!bmff_has_brand(file, kHevcBrands)) {
      fail(ErrorCode::unsupported, kSubject,
           "is a HEIF file that is not coded with HEVC: it lacks the brand 'heic' or a related one");
    }
    const QuietStderr quiet;
    context_.reset(library_.context_alloc());
    library_.set_threads(context_.get(), 0);  // decode tiles on this thread
    library_.set_size_limit(context_.get(), limits.max_side);
    check(library_.read(context_.get(), file.data(), file.size(), nullptr));
    heif_image_handle* handle = nullptr;
    check(library_.primary(context_.get(), &handle));
    handle_.reset(handle);
    info_.width = library_.handle_width(handle);
    info_.height = library_.handle_height(handle);
    check_size();
    decode();
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    const auto width = static_cast<std::size_t>(info_.width);
    for (int i = 0; i < count; ++i, ++next_row_) {
      const std::uint8_t* in = pixels_ + next_row_ * stride_;
      std::uint8_t* out = rows + static_cast<std::size_t>(i) * stride;
      if (premultiplied_) {
        unpremultiply(in, out, width);
      } else {
        std::memcpy(out, in, width * static_cast<std::size_t>(channels_of(info_.format)));
      }
    }
  }

  void finish() override {}

 private:
  void check(const heif_error& error) const {
    if (error.code == heif_error_Ok) {
      return;
    }
    const ErrorCode code = code_of(error);
    if (code == ErrorCode::header) {
      check_bmff_sizes(file_, limits_, kSubject);  // libheif 1.23 does not report that a size is the reason
    }
    const bool truncated =
        code != ErrorCode::unsupported && code != ErrorCode::limit && bmff_is_truncated(file_);
    fail(truncated ? ErrorCode::truncated : code, kSubject,
         truncated ? "ends before its image is complete"
                   : "cannot be decoded: " + std::string(error.message == nullptr ? "?" : error.message));
  }

  /// The output samples and the planes of up to 16 bits that they are computed from.
  void check_size() const {
    if (info_.width < 1 || info_.height < 1) {
      fail(ErrorCode::header, kSubject, "has no image size");
    }
    check_image_size(info_.width, info_.height, limits_, kSubject);
    const std::int64_t bytes = checked_mul(info_.width, info_.height, kSubject) * 8;
    check_decoder_memory(bytes, limits_, kSubject, "", " to be decoded");
  }

  void decode() {
    const bool alpha = library_.handle_has_alpha(handle_.get()) != 0;
    const bool premultiplied = library_.handle_premultiplied(handle_.get()) != 0;
    const std::unique_ptr<heif_decoding_options, Release> options(library_.options_alloc());
    options->convert_hdr_to_8bit = 1;
    options->strict_decoding = 1;  // since 1.19, tiles that fail to decode would be left grey
    heif_image* image = nullptr;
    check(library_.decode(handle_.get(), &image, heif_colorspace_RGB,
                          alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get()));
    image_.reset(image);
    handle_.reset();
    context_.reset();
    if (library_.image_width(image, heif_channel_interleaved) != info_.width ||
        library_.image_height(image, heif_channel_interleaved) != info_.height) {
      fail(ErrorCode::corrupt, kSubject, "contains an image whose size differs from its header");
    }
    int stride = 0;
    pixels_ = library_.image_plane(image, heif_channel_interleaved, &stride);
    stride_ = static_cast<std::size_t>(stride);
    if (pixels_ == nullptr || stride / (alpha ? 4 : 3) < info_.width) {
      fail(ErrorCode::corrupt, kSubject, "cannot be decoded: the file contains no image");
    }
    premultiplied_ = alpha && premultiplied;
    info_.alpha_channel = alpha && !premultiplied_;
    info_.format = info_.alpha_channel ? RowFormat::rgba : RowFormat::rgb;
  }

  const HeifLibrary& library_;
  ByteView file_;
  ImageLimits limits_;
  std::unique_ptr<heif_context, Release> context_;
  std::unique_ptr<heif_image_handle, Release> handle_;
  std::unique_ptr<heif_image, Release> image_;
  const std::uint8_t* pixels_ = nullptr;  // owned by image_
  std::size_t stride_ = 0;
  std::size_t next_row_ = 0;
  bool premultiplied_ = false;  // Pillow's mode RGBa, which becomes RGB by division
};

class HeifCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "heic"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits, ImageWarnings*) const override {
    return std::make_unique<HeifReader>(file, limits);
  }
};

}  // namespace

const ImageCodec& heif_codec() {
  static const HeifCodec codec;
  return codec;
}

std::string libheif_version() {
  const HeifLibrary& library = HeifLibrary::get();
  return library.library.problem().empty() ? library.get_version() : "";
}

}  // namespace sightline
