// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "library/preset_folder.h"
#include "sightline/base/library_version.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string nano() { return std::string(SIGHTLINE_DATA_DIR) + "/golden/model/nano_quick_gelu"; }

Tensor some_pixels(const CLIP& clip, std::int64_t images) {
  const std::int64_t side = clip.processor().image_size();
  Tensor pixels(Shape{images, 3, side, side});
  const std::span<float> values = pixels.view().flat();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 251) / 125 - 1;
  return pixels;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.bytes(), b.bytes());
}

Tensor matrix(std::int64_t rows, std::int64_t columns, float first = 1) {
  Tensor tensor(Shape{rows, columns});
  for (float& value : tensor.view().flat()) value = first++;
  return tensor;
}

}  // namespace

TEST_CASE("clip: a dtype that no product has is refused", "[library]") {
  CHECK(error_of([] { CLIP::from_preset(nano(), {.dtype = DType::f64}); }) ==
        Failure{"TYPE", "precision: is float64, expected float32, float16, bfloat16 or int8"});
  const auto exact = CLIP::from_preset(nano()), half = CLIP::from_preset(nano(), {.dtype = DType::bf16});
  const Tensor pixels = some_pixels(*exact, 2);
  CHECK_FALSE(same_bits(exact->encode_images(pixels), half->encode_images(pixels)));
  CHECK(same_bits(exact->encode_images(pixels),
                  CLIP::from_preset(nano(), {.dtype = DType::f32})->encode_images(pixels)));
}

TEST_CASE("clip: a model with a bias says so", "[library]") {
  CHECK_FALSE(CLIP::from_preset(nano())->logit_bias().has_value());
  const auto siglip = CLIP::from_preset(std::string(SIGHTLINE_DATA_DIR) + "/golden/siglip/siglip_nano");
  CHECK(siglip->logit_bias() == -1.7F);
  TokenBatch texts;
  texts.add(std::vector<std::int32_t>{5, 9, 1});
  CHECK(siglip->encode_texts(texts).shape() == Shape{1, siglip->embedding_size()});
}

TEST_CASE("clip: texts are given as one string, a list or a span", "[library]") {
  const auto clip = CLIP::from_preset(nano());
  const CLIPProcessor& processor = clip->processor();
  const std::vector<std::string> texts = {"a cat", "two dogs"};
  const TokenBatch span = processor(texts), list = processor({"a cat", "two dogs"}), one = processor("a cat");
  REQUIRE(span.size() == 2);
  REQUIRE(list.size() == 2);
  REQUIRE(one.size() == 1);
  CHECK(std::ranges::equal(span[1], list[1]));
  CHECK(std::ranges::equal(span[0], one[0]));
  CHECK(processor({"a cat"}).size() == 1);
  CHECK(error_of([&] { (void)span[2]; }) == Failure{"RANGE", "token batch: has no text 2, its size is 2"});
  CHECK(error_of([&] { (void)span[-1]; }).code == "RANGE");
}

TEST_CASE("clip: a list or span of images becomes [B, 3, H, W]", "[library]") {
  const auto clip = CLIP::from_preset(nano());
  const std::string cat = std::string(SIGHTLINE_DATA_DIR) + "/images/cat.png";
  const std::int64_t side = clip->processor().image_size();
  const Tensor pixels = clip->processor().process_images({cat, cat});
  CHECK(pixels.shape() == Shape{2, 3, side, side});
  CHECK(same_bits(pixels, clip->processor().process_images(std::vector<std::string>{cat, cat})));
  CHECK(error_of([&] { clip->processor().process_images({"no-such.jpg"}); }) ==
        Failure{"MISSING", "no-such.jpg: does not exist"});
  const std::string text = std::string(SIGHTLINE_DATA_DIR) + "/images/LICENSES.md";
  CHECK_THAT(error_of([&] { clip->processor().process_images({text}); }).message,
             StartsWith(text + ": unrecognised image format"));
}

TEST_CASE("clip: an image named - is a file, and standard input is left to the program", "[library]") {
  const auto clip = CLIP::from_preset(nano());
  const PresetFolder folder;  // and it is the current folder
  CHECK(error_of([&] { clip->processor().process_images({"-"}); }) ==
        Failure{"MISSING", "-: does not exist"});
  std::filesystem::copy_file("cat.jpg", "-");
  CHECK(clip->processor().process_images({"-"}).shape()[0] == 1);
}

TEST_CASE("clip: pixels that are not finite are refused, and the weights are not blamed",
          "[library][error]") {
  const auto clip = CLIP::from_preset(nano());
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Tensor pixels = some_pixels(*clip, 2);
    pixels.view().flat().back() = value;
    CHECK(error_of([&] { clip->encode_images(pixels); }) ==
          Failure{"RANGE", "pixels: hold a value that is not finite"});
  }
}

TEST_CASE("clip: results have the same bits with concurrent callers and any number of threads",
          "[library][property]") {
  const auto one = CLIP::from_preset(nano(), {.threads = 1}),
             three = CLIP::from_preset(nano(), {.threads = 3});
  const Tensor pixels = some_pixels(*one, 5);
  const TokenBatch texts = one->processor()({"a cat", "a dog that runs", ""});
  const Tensor images = one->encode_images(pixels), captions = one->encode_texts(texts);
  CHECK(same_bits(images, three->encode_images(pixels)));
  std::vector<int> wrong(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          count += same_bits(images, three->encode_images(pixels)) ? 0 : 1;
          count += same_bits(captions, three->encode_texts(texts)) ? 0 : 1;
        }
      });
    }
  }
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("clip: a batch gives the same bits as its single rows", "[library][property]") {
  const auto clip = CLIP::from_preset(nano());
  const Tensor pixels = some_pixels(*clip, 3), batch = clip->encode_images(pixels);
  const Shape& shape = pixels.shape();
  const TensorView<const float> last(pixels.data() + 2 * 3 * shape[2] * shape[3],
                                     Shape{1, 3, shape[2], shape[3]});
  CHECK(std::ranges::equal(clip->encode_images(last).view().flat(), batch.view().row(2)));
  CHECK(clip->encode_images(some_pixels(*clip, 0)).shape() == Shape{0, clip->embedding_size()});
  CHECK(clip->encode_texts(TokenBatch()).shape() == Shape{0, clip->embedding_size()});
}

TEST_CASE("clip: tensors of another shape or type are errors", "[library][error]") {
  const auto clip = CLIP::from_preset(nano());
  const std::int64_t side = clip->processor().image_size();
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{3 * side * side}, Shape{1, 3 * side * side},
                             Shape{3, side, side}, Shape{1, 1, side, side}, Shape{1, side, side, 3},
                             Shape{1, 3, side, side - 1}, Shape{1, 3, side, side, 1}}) {
    CAPTURE(to_string(shape));
    const Tensor pixels(shape);
    CHECK(error_of([&] { clip->encode_images(pixels); }).code == "MISMATCH");
  }
  CHECK(error_of([&] { clip->encode_images(Tensor()); }).code == "MISMATCH");
  CHECK(error_of([&] { clip->encode_images(TensorView<const float>()); }).code == "MISMATCH");
  CHECK(error_of([&] { clip->encode_images(Tensor(Shape{1, 3, side, side}, DType::i32)); }).code == "TYPE");
}

TEST_CASE("clip: invalid ids and texts are errors", "[library][error]") {
  const auto clip = CLIP::from_preset(nano());
  const auto code_of = [&](const std::vector<std::int32_t>& ids) {
    TokenBatch texts;
    texts.add(ids);
    return error_of([&] { clip->encode_texts(texts); }).code;
  };
  CHECK(code_of({}) == "RANGE");
  CHECK(code_of({-1}) == "RANGE");
  CHECK(code_of({1 << 30}) == "RANGE");
  CHECK(code_of(std::vector<std::int32_t>(static_cast<std::size_t>(clip->processor().context_length()) +
                                          1)) == "RANGE");
  CHECK(error_of([&] { clip->processor()("\xFF"); }).code == "UTF8");
}

TEST_CASE("clip: invalid options are errors", "[library][error]") {
  CHECK(error_of([] { CLIP::from_preset(nano(), {.threads = -1}); }) ==
        Failure{"RANGE", "threads: is -1, expected 0 to 1024"});
  CHECK(error_of([] { CLIP::from_preset(nano(), {.threads = 1 << 30}); }).code == "RANGE");
  for (const std::string backend : {"abacus", ""}) {
    const Failure failure = error_of([&] { CLIP::from_preset(nano(), {.backend = backend}); });
    CHECK(failure.code == "RANGE");
    CHECK_THAT(failure.message, StartsWith("backend: is '" + backend + "', expected one of auto, "));
  }
  CHECK(error_of([] { CLIP::from_preset("./no/such/folder"); }).code == "MISSING");
}

TEST_CASE("cosines: rows are normalised, and other shapes are errors", "[library][error]") {
  const Tensor images = matrix(2, 3), texts = matrix(4, 3, -2);
  const Tensor result = cosines(images, texts);
  REQUIRE(result.shape() == Shape{2, 4});
  double dot = 0, a = 0, b = 0;
  for (int k = 0; k < 3; ++k) {
    const auto x = static_cast<double>(images.data()[3 + k]), y = static_cast<double>(texts.data()[6 + k]);
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  CHECK(std::abs(static_cast<double>(result.data()[4 + 2]) - dot / std::sqrt(a * b)) < 1e-7);
  CHECK(error_of([&] { cosines(images, matrix(4, 2)); }).code == "MISMATCH");
  for (const Shape& shape : {Shape{}, Shape{3}, Shape{1, 2, 3}}) {
    const Tensor other(shape);
    CHECK(error_of([&] { cosines(other, texts); }).code == "MISMATCH");
    CHECK(error_of([&] { cosines(images, other); }).code == "MISMATCH");
  }
  CHECK(error_of([&] { cosines(Tensor(), texts); }).code == "MISMATCH");
}

TEST_CASE("version: it has three numbers", "[library]") { CHECK(std::ranges::count(version(), '.') == 2); }
