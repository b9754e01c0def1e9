// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/crop.h"

#include "image_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

PixelPipeline resizing(ResizeMode mode, int height, int width) {
  PixelPipeline p;
  p.resize = mode;
  p.height = height;
  p.width = width;
  return p;
}

bool same(const CropSide& a, const CropSide& b) {
  return a.size == b.size && a.begin == b.begin && a.length == b.length && a.target == b.target;
}

}  // namespace

TEST_CASE("crop: the resized size multiplies, divides and truncates", "[image]") {
  const PixelPipeline p = resizing(ResizeMode::shortest, 224, 1);
  CHECK(resized_size({480, 640}, p) == ImageSize{224, 298});
  CHECK(resized_size({640, 480}, p) == ImageSize{298, 224});
  CHECK(resized_size({375, 500}, p) == ImageSize{224, 298});
  CHECK(resized_size({1, 65500}, p) == ImageSize{224, 14'672'000});
  CHECK(resized_size({7, 7}, resizing(ResizeMode::none, 0, 0)) == ImageSize{7, 7});
  CHECK(resized_size({7, 9}, resizing(ResizeMode::exact, 3, 5)) == ImageSize{3, 5});
  CHECK(resized_size({480, 640}, resizing(ResizeMode::longest, 224, 224)) == ImageSize{168, 224});
  CHECK(resized_size({5, 2}, resizing(ResizeMode::longest, 4, 4)) == ImageSize{4, 2});     // 1.6 rounds to 2
  CHECK(resized_size({5, 4}, resizing(ResizeMode::longest, 2, 9)) == ImageSize{2, 2});     // 1.6
  CHECK(resized_size({8, 2}, resizing(ResizeMode::longest, 10, 10)) == ImageSize{10, 2});  // 2.5 to even
}

// Measured with transformers 5.24: get_image_size_for_max_num_patches.
TEST_CASE("crop: NaFlex makes as many whole patches as are allowed", "[image]") {
  PixelPipeline p = resizing(ResizeMode::patches, 16, 16);
  CHECK(resized_size({480, 640}, p) == ImageSize{224, 288});
  CHECK(resized_size({224, 224}, p) == ImageSize{256, 256});
  CHECK(resized_size({1000, 100}, p) == ImageSize{800, 80});
  CHECK(resized_size({17, 3000}, p) == ImageSize{16, 2832});
  CHECK(resized_size({1, 1}, p) == ImageSize{112, 112});  // the largest scale is 100
  CHECK(resized_size({65500, 1}, p) == ImageSize{4096, 16});
  p.max_patches = 1;
  CHECK(resized_size({65500, 65500}, p) == ImageSize{16, 16});
  p.max_patches = 1024;
  CHECK(resized_size({480, 640}, p) == ImageSize{432, 576});
}

TEST_CASE("crop: odd differences follow the conventions of the three rules", "[image]") {
  CHECK(same(crop_side(298, 224, PixelRule::hf), {224, 37, 224, 0}));
  CHECK(same(crop_side(299, 224, PixelRule::hf), {224, 37, 224, 0}));
  CHECK(same(crop_side(299, 224, PixelRule::openai), {224, 38, 224, 0}));  // 37.5 to even
  CHECK(same(crop_side(297, 224, PixelRule::openai), {224, 36, 224, 0}));  // 36.5 to even
  CHECK(same(crop_side(221, 224, PixelRule::hf), {224, 0, 221, 2}));       // padding: the ceiling first
  CHECK(same(crop_side(221, 224, PixelRule::openai), {224, 0, 221, 1}));   // padding: the floor first
  CHECK(same(crop_side(224, 224, PixelRule::openai), {224, 0, 224, 0}));
  CHECK(same(crop_side(299, 224, PixelRule::torchvision), {224, 37, 224, 0}));
  CHECK(same(crop_side(221, 224, PixelRule::torchvision), {224, 0, 221, 1}));
}

TEST_CASE("crop: images too narrow to resize are rejected", "[image][error]") {
  const auto verdict = [](const PixelPipeline& p, ImageSize size) -> std::string {
    try {
      resized_size(size, p);
      return "OK";
    } catch (const Error& error) {
      return std::string(class_name(error.code()));
    }
  };
  CHECK(verdict(resizing(ResizeMode::longest, 32, 32), {1, 65}) == "RANGE");
  CHECK(verdict(resizing(ResizeMode::shortest, 20'000, 1), {1, 65500}) == "LIMIT");
  CHECK(verdict(resizing(ResizeMode::shortest, 16'000, 1), {1, 65500}) == "OK");
  CHECK(verdict(resizing(ResizeMode::patches, 16, 16), {1, 1 << 30}) == "OK");
  CHECK(verdict(resizing(ResizeMode::patches, 2, 2), {1, 1 << 30}) == "LIMIT");
}

TEST_CASE("crop: a result above the pixel limit is rejected before it is computed", "[image][error]") {
  PixelPipeline p;
  p.crop = false;
  ImageLimits limits;
  limits.max_pixels = 224 * 224 * 36;
  const std::string strip = golden_image("jpeg-one-row.jpg");  // 45 x 1
  CHECK_THROWS_WITH(load_pixels(as_bytes(strip), p, limits, nullptr), Contains("after resizing"));
  p.crop = true;
  CHECK(load_pixels(as_bytes(strip), p, limits, nullptr).width == 224);
}

TEST_CASE("crop: sizes below 1 are rejected", "[image][error]") {
  PixelPipeline p;
  const std::string file = golden_image("jpeg-420.jpg");
  p.height = 0;
  CHECK_THROWS_AS(load_pixels(as_bytes(file), p, {}, nullptr), Error);
  p.height = 224;
  p.crop_width = -1;
  CHECK_THROWS_AS(load_pixels(as_bytes(file), p, {}, nullptr), Error);
}
