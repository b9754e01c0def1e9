// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "golden_crops.h"
#include "sightline/image/formats.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// Whether this build, on this machine, reads the format of a golden image.
bool is_readable(const std::string& image) {
  for (const ImageFormat& format : image_formats()) {
    for (const std::string_view extension : format.extensions) {
      if (image.ends_with(extension)) {
        return format.codec != nullptr && (format.version == nullptr || !format.version().empty());
      }
    }
  }
  return false;
}

/// The largest difference between bytes; 256 if the sizes differ.
int largest_difference(const Image& image, const GoldenCase& c, const std::vector<std::uint8_t>& expected) {
  if (image.height != c.height || image.width != c.width) {
    return 256;
  }
  int largest = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(int{image.pixels[i]} - int{expected[c.offset + i]}));
  }
  return largest;
}

/// Compares all images with this extension and returns their number; each crop must equal its golden within
/// `levels`.
int check_images(std::string_view extension, int levels) {
  const std::vector<std::uint8_t> expected = read_bytes(golden_path("image_codecs/expected.bin"));
  int count = 0;
  for (const GoldenCase& c : golden_cases("image_codecs")) {
    if (!c.image.ends_with(extension)) {
      continue;
    }
    if (!is_readable(c.image)) {
      skip("this build does not read " + std::string(extension));
      return -1;
    }
    INFO(c.line);
    const std::vector<std::uint8_t> file = read_bytes(golden_path("image_codecs/files/" + c.image));
    std::vector<std::string> warnings;
    const Image image = load_pixels(view(file), c.pipeline, ImageLimits{}, &warnings);
    CHECK(largest_difference(image, c, expected) <= levels);
    CHECK(warnings.empty());
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("coded images: WebP matches Pillow's pixels byte for byte", "[image][golden][webp]") {
  CHECK(check_images(".webp", 0) > 60);
}

TEST_CASE("coded images: AVIF of 8, 10 and 12 bits matches Pillow's pixels byte for byte",
          "[image][golden][avif]") {
  const int count = check_images(".avif", 0);
  CHECK((count == -1 || count > 70));
}

TEST_CASE("coded images: HEIC is within one level of pillow_heif", "[image][golden][heic]") {
  const int count = check_images(".heic", 1);
  CHECK((count == -1 || count >= 10));
}

TEST_CASE("coded images: several threads decode at the same time", "[image]") {
  const std::vector<std::uint8_t> expected = read_bytes(golden_path("image_codecs/expected.bin"));
  const std::vector<GoldenCase> cases = golden_cases("image_codecs");
  std::atomic<int> wrong = 0;
  const auto decode_all = [&] {
    for (const GoldenCase& c : cases) {
      const std::vector<std::uint8_t> file = read_bytes(golden_path("image_codecs/files/" + c.image));
      const Image image = load_pixels(view(file), c.pipeline, ImageLimits{}, nullptr);
      wrong += largest_difference(image, c, expected) > 1 ? 1 : 0;
    }
  };
  if (!is_readable(".avif") || !is_readable(".heic")) return skip("this build does not read AVIF and HEIC");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(decode_all);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(wrong == 0);
}
