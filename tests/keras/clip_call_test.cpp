// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "keras/small_clip.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;
using Catch::Matchers::Contains;

namespace {

std::vector<std::int64_t> input_shape_of(const keras::Layer& layer) {
  return keras::config_value<std::vector<std::int64_t>>(layer.get_build_config(), "input_shape");
}

}  // namespace

TEST_CASE("clip: towers say what they take and what they give", "[keras][error]") {
  keras::CLIP clip(kSmall);
  CHECK(input_shape_of(clip.image_encoder()) == std::vector<std::int64_t>{-1, 3, 32, 32});
  CHECK(input_shape_of(clip.text_encoder()) == std::vector<std::int64_t>{-1, 9});
  REQUIRE(clip.image_encoder().input_spec());
  CHECK(clip.image_encoder().input_spec()->ndim == 4);
  CHECK(clip.image_encoder().input_spec()->axes == std::map<int, std::int64_t>{{1, 3}, {2, 32}, {3, 32}});
  REQUIRE(clip.text_encoder().input_spec());
  CHECK(clip.text_encoder().input_spec()->ndim == 2);
  CHECK(clip.image_encoder().compute_output_shape(Shape{-1, 3, 32, 32}) == Shape{-1, 24});
  CHECK(clip.text_encoder().compute_output_shape(Shape{5, 4}) == Shape{5, 24});
  const auto [image_logits, text_logits] =
      clip.compute_output_shape({.images = Shape{2, 3, 32, 32}, .token_ids = Shape{-1, 9}});
  CHECK(image_logits == Shape{2, -1});
  CHECK(text_logits == Shape{-1, 2});
  CHECK(error_of([&] { clip.image_encoder().compute_output_shape(Shape{1, 3, 16, 16}); }).code == "MISMATCH");
  CHECK(error_of([&] { clip.image_encoder()(some_images(1, 16)); }).code == "MISMATCH");
  CHECK(error_of([&] { clip.image_encoder()(Tensor(Shape{1, 3072})); }).code == "MISMATCH");
  CHECK(error_of([&] { clip.text_encoder()(ids_of(Shape{2}, {1, 2})); }).code == "MISMATCH");
}

TEST_CASE("clip: a call gives logits of images and of texts", "[keras]") {
  const keras::CLIP clip(kSmall);
  const Tensor ids = ids_of(Shape{3, 4}, {48, 3, 49, 49, 48, 7, 8, 49, 48, 49, 49, 49});
  const keras::CLIP::Logits logits = clip({.images = some_images(2), .token_ids = ids});
  REQUIRE(logits.image_logits.shape() == Shape{2, 3});
  REQUIRE(logits.text_logits.shape() == Shape{3, 2});
  for (int i = 0; i < 2; ++i) {
    for (int t = 0; t < 3; ++t) {
      CHECK(logits.image_logits.data()[i * 3 + t] == logits.text_logits.data()[t * 2 + i]);
      CHECK(std::abs(logits.image_logits.data()[i * 3 + t]) <= clip.head().logit_scale());
    }
  }
  CHECK(is_near(static_cast<double>(clip.head().logit_scale()), 1 / 0.07, 1e-4));
}

TEST_CASE("clip: a mask shows the ids before its zeros, whatever lies behind", "[keras][error]") {
  const keras::CLIP clip(kSmall);
  const auto call = [&](const Tensor& ids, const Tensor& mask) {
    return values_of(clip({.images = some_images(1), .token_ids = ids, .padding_mask = mask}).image_logits);
  };
  const Tensor ids = ids_of(Shape{2, 12}, {48, 3,  49, -5, 1000, 0, 0, 0, 0, 0, 0, 0,  //
                                           48, 49, 49, 49, 49,   0, 0, 0, 0, 0, 0, -1});
  const Tensor mask = mask_of(Shape{2, 12}, {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                             1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(call(ids, mask) ==
        values_of(clip({.images = some_images(1), .token_ids = ids_of(Shape{2, 3}, {48, 3, 49, 48, 49, 49})})
                      .image_logits));
  const auto refused = [&](const Tensor& some, const Tensor& shown) {
    return error_of([&] { call(some, shown); }).code;
  };
  const Tensor two = ids_of(Shape{1, 3}, {48, 3, 49});
  CHECK(refused(two, mask_of(Shape{1, 3}, {1, 0, 1})) == "UNSUP");
  CHECK(refused(two, mask_of(Shape{1, 3}, {0, 1, 1})) == "UNSUP");
  CHECK(refused(two, mask_of(Shape{1, 3}, {0, 0, 0})) == "RANGE");
  CHECK(refused(two, mask_of(Shape{1, 2}, {1, 1})) == "MISMATCH");
  CHECK(refused(two, mask_of(Shape{3}, {1, 1, 1})) == "MISMATCH");
  CHECK(refused(ids_of(Shape{1, 3}, {48, 50, 49}), mask_of(Shape{1, 3}, {1, 1, 1})) == "RANGE");
  CHECK(refused(ids_of(Shape{1, 3}, {49, -1, 3}), mask_of(Shape{1, 3}, {1, 1, 1})) == "RANGE");
  const std::vector<std::int32_t> ten(10, 1);
  CHECK(error_of([&] {
          clip({.images = some_images(1), .token_ids = ids_of(Shape{1, 10}, ten)});
        }).code == "RANGE");
  CHECK(error_of([&] {
          clip({.images = some_images(1), .token_ids = ids_of(Shape{1, 0}, {})});
        }).code == "RANGE");
  CHECK(error_of([&] { clip({.images = some_images(1), .token_ids = {}}); }).code == "MISMATCH");
  CHECK(error_of([&] { clip({.images = {}, .token_ids = two}); }).code == "MISMATCH");
}

TEST_CASE("clip: weights that are not finite are named", "[keras][error]") {
  keras::CLIP clip(kSmall, {.name = "clip"});
  keras::Variable& projection = *clip.image_encoder().weights().back();
  Tensor broken = projection.value();
  broken.data()[3] = std::numeric_limits<float>::infinity();
  projection.assign(broken);
  const Failure failure = error_of([&] { embedded(clip); });
  CHECK(failure.code == "CORRUPT");
  CHECK_THAT(failure.message, Contains("clip/image_encoder/vision_projector/kernel"));
}

TEST_CASE("clip: sizes that make no model are refused", "[keras][error]") {
  const auto refused = [](const auto& change) {
    keras::CLIPArguments wrong = kSmall;
    change(wrong);
    return error_of([&] { keras::CLIP model(wrong); });
  };
  using Arguments = keras::CLIPArguments;
  CHECK(refused([](Arguments& a) { a.vision_width = 100; }) ==
        Failure{"RANGE", "vision_width: is 100, expected a multiple of the head width 64"});
  CHECK(refused([](Arguments& a) { a.transformer_heads = 5; }) ==
        Failure{"RANGE", "transformer_heads: is 5, expected a divisor of the width 32"});
  CHECK(refused([](Arguments& a) { a.vision_heads = 0; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.vocab_size = 0; }).message == "vocab_size: is 0, expected 1 or more");
  CHECK(refused([](Arguments& a) { a.vision_layers = 0; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.vision_patch_size = 33; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.vision_mlp_width = 0; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.transformer_epsilon = 0; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.transformer_activation = "relu"; }).code == "UNSUP");
  CHECK(refused([](Arguments& a) { a.eos_token_id = -1; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.eos_token_id = 2; }).code == "UNSUP");
  // What no model has is refused before anything is made.
  CHECK(refused([](Arguments& a) { a.image_resolution = std::int64_t{1} << 40; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.vision_layers = 1'000'000'000; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.transformer_width = std::int64_t{1} << 62; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.vision_mlp_width = std::int64_t{1} << 62; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.vocab_size = std::int64_t{1} << 62; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.context_length = std::int64_t{1} << 62; }).code == "RANGE");
  CHECK(refused([](Arguments& a) { a.embed_dim = std::int64_t{1} << 62; }).code == "RANGE");
  // A width that is no multiple of 64 is fine when its heads are given.
  keras::CLIPArguments narrow = kSmall;
  narrow.vision_width = 100;
  narrow.vision_heads = 5;
  CHECK(keras::CLIP(narrow).built());
}

TEST_CASE("clip: a view that has a shape but no values is refused", "[keras][error]") {
  const keras::CLIP clip(kSmall);
  const Tensor images = some_images(1, 32);
  const std::int32_t ids[] = {1, 2};
  const TensorView<const std::int32_t> two_ids(ids, Shape{1, 2});
  const auto refused = [&](const keras::CLIP::Inputs& inputs) { return error_of([&] { clip(inputs); }); };
  CHECK(refused({.images = {nullptr, Shape{1, 3, 32, 32}}, .token_ids = two_ids}) ==
        Failure{"MISMATCH", "image_encoder: is called with an empty tensor, expected values"});
  CHECK(refused({.images = images, .token_ids = {nullptr, Shape{1, 2}}}) ==
        Failure{"MISMATCH", "text_encoder: is called with an empty tensor, expected values"});
  CHECK(refused({.images = images, .token_ids = two_ids, .padding_mask = {nullptr, Shape{1, 2}}}) ==
        Failure{"MISMATCH", "text_encoder: is called with an empty tensor, expected values"});
  const std::array<TensorView<const float>, 2> nothing = {TensorView<const float>(nullptr, Shape{1, 24}),
                                                          TensorView<const float>(nullptr, Shape{1, 24})};
  CHECK(error_of([&] { clip.head().logits(nothing); }).code == "MISMATCH");
  keras::Embedding table({.input_dim = 3, .output_dim = 2});
  CHECK(error_of([&] { table(TensorView<const std::int32_t>(nullptr, Shape{2})); }).code == "MISMATCH");
}
