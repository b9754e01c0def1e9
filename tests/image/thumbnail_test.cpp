// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/thumbnail.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "image_bytes.h"
#include "sightline/image/color.h"
#include "sightline/image/pipeline_run.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// The files of the golden crops that can be decoded, in order.
std::vector<std::string> golden_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(golden_path("image/files"))) {
    const std::string file = read_text(entry.path());
    if (judge(file).word.starts_with("OK")) files.push_back(file);
  }
  std::sort(files.begin(), files.end());
  return files;
}

PixelPipeline exact_size(std::int32_t height, std::int32_t width) {
  PixelPipeline pipeline;
  pipeline.resize = ResizeMode::exact;
  pipeline.height = height;
  pipeline.width = width;
  pipeline.crop = false;
  pipeline.resample = Resample::hamming;
  return pipeline;
}

Thumbnail raw_thumbnail(const std::string& file, std::int32_t side) {
  return load_thumbnail(as_bytes(file), {side, false}, {});
}

/// The largest difference of two samples, and their mean difference.
struct Differences {
  int largest = 0;
  double mean = 0;
};
Differences differences(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  REQUIRE(a.size() == b.size());
  Differences result;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int difference = std::abs(int{a[i]} - int{b[i]});
    result.largest = std::max(result.largest, difference);
    result.mean += difference / static_cast<double>(a.size());
  }
  return result;
}

Image decoded(const std::string& file) {
  PixelPipeline pipeline = exact_size(0, 0);
  pipeline.resize = ResizeMode::none;
  pipeline.alpha = Alpha::drop;
  return load_pixels(as_bytes(file), pipeline, {}, nullptr);
}

}  // namespace

// load_pixels is compared with Pillow byte by byte, for every orientation (pixel_pipeline_test.cpp).
TEST_CASE("thumbnail: has the pixels of a resized upright image", "[image]") {
  const std::vector<std::string> files = golden_files();
  REQUIRE(files.size() > 20);
  int transparent = 0, turned = 0;
  for (const std::string& file : files) {
    for (const std::int32_t side : {1, 37, 2000}) {
      const Thumbnail t = raw_thumbnail(file, side);
      CHECK(std::max(t.width, t.height) == std::min(side, std::max(t.image_width, t.image_height)));
      const Image expected = load_pixels(as_bytes(file), exact_size(t.height, t.width), {}, nullptr);
      if (!t.transparent) {
        // A row that is opaque after resizing may have had transparent pixels before.
        CHECK(differences(t.pixels, expected.pixels).largest <= 1);
      } else {
        std::vector<std::uint8_t> white(expected.pixels.size());
        composite_onto_white(t.pixels.data(), white.data(), t.pixels.size() / 4);
        CHECK(differences(white, expected.pixels).largest <= 2);  // composited before and after resizing
        ++transparent;
      }
      PixelPipeline as_stored;
      as_stored.resize = ResizeMode::none;
      as_stored.crop = false;
      as_stored.exif = false;
      turned += load_pixels(as_bytes(file), as_stored, {}, nullptr).width != t.image_width ? 1 : 0;
    }
  }
  CHECK(transparent > 3);
  CHECK(turned > 3);
}

TEST_CASE("thumbnail: is made beside the pixels of a model, which stay the same", "[image]") {
  for (const std::string& file : golden_files()) {
    for (const PixelRule rule : {PixelRule::hf, PixelRule::openai, PixelRule::torchvision}) {
      PixelPipeline pipeline;
      pipeline.rule = rule;
      const ImageLimits limits;
      const ImageWithThumbnail both =
          load_with_thumbnail(as_bytes(file), {pipeline, limits, nullptr, best_simd_level(), {50, false}});
      CHECK(both.pixels.pixels == load_pixels(as_bytes(file), pipeline, limits, nullptr).pixels);
      const Thumbnail alone = raw_thumbnail(file, 50);
      CHECK(both.thumbnail.pixels == alone.pixels);
      CHECK(both.thumbnail.width == alone.width);
    }
  }
}

TEST_CASE("thumbnail: files are PNG where there is transparency, else JPEG", "[image]") {
  int png = 0;
  for (const std::string& file : golden_files()) {
    const Thumbnail raw = raw_thumbnail(file, 64);
    const Thumbnail encoded = load_thumbnail(as_bytes(file), {64, true}, {});
    CHECK(encoded.pixels.empty());
    CHECK(encoded.file == encode_thumbnail(raw));
    CHECK(encoded.media_type() == (raw.transparent ? "image/png" : "image/jpeg"));
    const Image image = decoded(encoded.file);
    REQUIRE(image.width == raw.width);
    REQUIRE(image.height == raw.height);
    if (raw.transparent) {
      std::vector<std::uint8_t> colors(image.pixels.size());
      drop_alpha(raw.pixels.data(), colors.data(), raw.pixels.size() / 4);
      CHECK(image.pixels == colors);
      ++png;
    }
  }
  CHECK(png > 0);
  // The golden files are noise, which JPEG does not keep.
  const std::string photo = read_text(golden_path("model/images/photo.jpg"));
  const Image image = decoded(load_thumbnail(as_bytes(photo), {64, true}, {}).file);
  CHECK(differences(image.pixels, raw_thumbnail(photo, 64).pixels).mean < 6);
}

TEST_CASE("thumbnail: extreme shapes keep a side of at least 1", "[image]") {
  const std::string row =
      kPngStart + png_header(600, 1, 8, 0) + png_chunk("IDAT", stored(grey_rows(600, 1))) + kPngEnd;
  const Thumbnail t = raw_thumbnail(row, 256);
  CHECK(t.width == 256);
  CHECK(t.height == 1);
  CHECK(t.image_width == 600);
  const std::string file = encode_thumbnail(t);
  CHECK(decoded(file).width == 256);
}

TEST_CASE("thumbnail: damaged files are rejected as they are for a model", "[image][error]") {
  const std::string file = golden_image("jpeg-420.jpg");
  for (std::size_t size = 0; size < file.size(); size += 97) {
    const std::string cut = file.substr(0, size);
    CHECK_THROWS_AS(raw_thumbnail(cut, 20), Error);
  }
  ImageLimits limits;
  limits.max_bytes = 10;
  CHECK_THROWS_WITH(load_thumbnail(as_bytes(file), {20, true}, limits), Contains("at most 10"));
}
