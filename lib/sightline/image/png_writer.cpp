// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include "sightline/base/error.h"
#include "sightline/image/thumbnail.h"

namespace sightline {

std::string encode_png(const std::uint8_t* pixels, std::int32_t width, std::int32_t height) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGBA;
  std::string file(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = file.size();
  if (png_image_write_to_memory(&image, file.data(), &size, 0, pixels, 0, nullptr) == 0) {
    fail(ErrorCode::limit, "thumbnail", std::string("cannot be encoded: ") + image.message);
  }
  file.resize(size);
  return file;
}

}  // namespace sightline
