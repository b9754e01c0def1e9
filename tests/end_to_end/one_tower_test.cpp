// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/nano.h"
#include "sightline/model/clip_model.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

std::string folder(std::string_view name) { return golden_path("one_tower/").append(name); }

}  // namespace

TEST_CASE("one tower: an embedding with a projection has the bits of the whole model", "[end_to_end][bits]") {
  const auto text = Model::open(folder("clip_text_projected")),
             whole = Model::open(nano_folder("nano_layers1"));
  const auto vision = Model::open(folder("clip_vision_projected")),
             other = Model::open(nano_folder("nano_gelu"));
  Workspace workspace;
  const TokenBatch texts = tokens_of(*whole, nano_captions());
  check_same_bits(flat(text_features(*text, texts, workspace)),
                  flat(text_features(*whole, texts, workspace)));
  const Tensor pixels = pixels_of(*vision, nano_images());
  check_same_bits(flat(image_features(*vision, pixels.view(), workspace)),
                  flat(image_features(*other, pixels.view(), workspace)));
}

TEST_CASE("one tower: what needs the other one is an error that names it", "[end_to_end][error]") {
  const auto text = CLIP::from_preset(folder("stable_diffusion/text_encoder"));
  CHECK(text->encode_texts(text->processor()("a cat")).shape() == Shape{1, 16});
  const auto is_missing = [](const Failure& failure, const char* tower) {
    CHECK(failure.code == "MISSING");
    CHECK_THAT(failure.message, Contains(std::string("no ") + tower + " tower"));
  };
  const Tensor pixels(Shape{1, 3, 224, 224});
  is_missing(error_of([&] { (void)text->encode_images(pixels.view()); }), "image");
  is_missing(error_of([&] { (void)text->processor().process_images(nano_images()); }), "image");
  is_missing(error_of([&] { (void)text->logit_scale(); }), "image");

  const auto image = CLIP::from_preset(folder("siglip_vision"));
  CHECK(image->encode_images(image->processor().process_images(nano_images())).shape() == Shape{6, 24});
  TokenBatch ids;
  ids.add(std::vector<std::int32_t>{1});
  is_missing(error_of([&] { (void)image->encode_texts(ids); }), "text");
  is_missing(error_of([&] { (void)image->processor()("a cat"); }), "text");
  is_missing(error_of([&] { (void)image->logit_bias(); }), "text");
}

TEST_CASE("one tower: a config of two needs the tensors of both", "[end_to_end][error]") {
  ModelConfig config = Model::open(folder("clip_text"))->config();
  CHECK(config.text.context_length == 16);
  LoadedModel loaded = open_model(folder("clip_text"));
  loaded.config.has_vision = true;
  CHECK(error_of([&] { Model model(std::move(loaded)); }).code == "MISSING");
}
