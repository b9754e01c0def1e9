// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/nano.h"
#include "sightline/model/expected_weights.h"
#include "support/catch.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

// The reference's own float32 differs from its float64 by at most 4.8e-7 on these models (index.json).
constexpr double kEmbeddingTolerance = 2e-6;

TEST_CASE("nano: token ids are those of transformers", "[end_to_end][golden]") {
  const std::vector<std::string> captions = nano_captions();
  for (const std::string& name : nano_models()) {
    DYNAMIC_SECTION(name) {
      const auto clip = Model::open(nano_folder(name));
      const NpyArray ids = nano_expected(name, "input_ids");
      const NpyArray lengths = nano_expected(name, "input_lengths");
      REQUIRE(lengths.integers.size() == captions.size());
      auto next = ids.integers.begin();
      for (std::size_t i = 0; i < captions.size(); ++i) {
        const std::vector<std::int64_t> expected(next, next + lengths.integers[i]);
        next += lengths.integers[i];
        const Encoding encoding = clip->processor().process_text(captions[i]);
        CAPTURE(captions[i]);
        CHECK(std::vector<std::int64_t>(encoding.ids.begin(), encoding.ids.end()) == expected);
        CHECK(static_cast<std::int64_t>(encoding.ids.size()) <= clip->config().text.context_length);
      }
      CHECK(next == ids.integers.end());
    }
  }
}

TEST_CASE("nano: pixel values are those of transformers, bit for bit", "[end_to_end][golden]") {
  const std::vector<std::string> images = nano_images();
  for (const std::string& name : nano_models()) {
    DYNAMIC_SECTION(name) {
      const auto clip = Model::open(nano_folder(name));
      const Tensor pixels = pixels_of(*clip, images);
      const NpyArray hashes = nano_expected(name, "pixel_hashes");
      REQUIRE(hashes.integers.size() == images.size());
      for (std::size_t i = 0; i < images.size(); ++i) {
        CAPTURE(images[i]);
        CHECK(fnv1a(pixels.view().row(static_cast<std::int64_t>(i))) ==
              static_cast<std::uint64_t>(hashes.integers[i]));
      }
    }
  }
}

TEST_CASE("nano: whole arrays of pixel values, bit for bit", "[end_to_end][golden]") {
  const auto clip = Model::open(nano_folder("nano_quick_gelu"));
  const NpyArray expected = nano_expected("nano_quick_gelu", "pixel_values");
  CHECK(expected.shape == std::vector<std::int64_t>{6, 3, 32, 32});
  check_same_bits(flat(pixels_of(*clip, nano_images())), expected.floats, "pixel_values");
}

TEST_CASE("nano: embeddings of images are those of transformers", "[end_to_end][golden]") {
  for (const std::string& name : nano_models()) {
    DYNAMIC_SECTION(name) {
      const auto clip = Model::open(nano_folder(name));
      Workspace workspace;
      const Tensor features = image_features(*clip, pixels_of(*clip, nano_images()).view(), workspace);
      const NpyArray expected = nano_expected(name, "image_features");
      double norm = 0;
      for (const float value : expected.floats) norm = std::max(norm, std::abs(static_cast<double>(value)));
      check_near(flat(features), expected.floats, kEmbeddingTolerance * 2 * norm, name + " image_features");
      check_near(normalized(features), nano_expected(name, "image_embeds").floats, kEmbeddingTolerance,
                 name + " image_embeds");
    }
  }
}

TEST_CASE("nano: embeddings of captions are those of transformers", "[end_to_end][golden]") {
  for (const std::string& name : nano_models()) {
    DYNAMIC_SECTION(name) {
      const auto clip = Model::open(nano_folder(name));
      Workspace workspace;
      const Tensor features = text_features(*clip, tokens_of(*clip, nano_captions()), workspace);
      const NpyArray expected = nano_expected(name, "text_features");
      double norm = 0;
      for (const float value : expected.floats) norm = std::max(norm, std::abs(static_cast<double>(value)));
      check_near(flat(features), expected.floats, kEmbeddingTolerance * 2 * norm, name + " text_features");
      check_near(normalized(features), nano_expected(name, "text_embeds").floats, kEmbeddingTolerance,
                 name + " text_embeds");
    }
  }
}

TEST_CASE("nano: logits and probabilities are those of transformers", "[end_to_end][golden]") {
  for (const std::string& name : nano_models()) {
    DYNAMIC_SECTION(name) {
      const auto clip = Model::open(nano_folder(name));
      Workspace workspace(2);
      Tensor images = image_features(*clip, pixels_of(*clip, nano_images()).view(), workspace);
      Tensor texts = text_features(*clip, tokens_of(*clip, nano_captions()), workspace);
      l2_normalize(images.view());
      l2_normalize(texts.view());
      check_near(flat(images), nano_expected(name, "image_embeds").floats, kEmbeddingTolerance,
                 "l2_normalize");

      std::vector<float> logits, probabilities;
      const double scale = static_cast<double>(clip->head().logit_scale());
      for (std::int64_t i = 0; i < images.view().rows(); ++i) {
        std::vector<float> near(static_cast<std::size_t>(texts.view().rows()));
        cosines(images.view().slice_rows(i, 1), texts.view(), near.data(), texts.view().rows());
        std::vector<double> row;
        for (const float value : near) row.push_back(scale * static_cast<double>(value));
        std::vector<double> shares(row.size());
        softmax(row, shares);
        for (const double value : row) logits.push_back(static_cast<float>(value));
        for (const double value : shares) probabilities.push_back(static_cast<float>(value));
      }
      const NpyArray expected = nano_expected(name, "logits_per_image");
      CHECK(expected.shape == std::vector<std::int64_t>{images.view().rows(), texts.view().rows()});
      // A cosine moves by at most the distances that its two vectors moved, some E^1/2 / 2 components' worth
      // each.
      const double tolerance =
          scale * kEmbeddingTolerance * std::sqrt(static_cast<double>(clip->embedding_size()));
      check_near(logits, expected.floats, tolerance, name + " logits_per_image");
      // A probability moves by at most half of what the difference of two logits moves.
      check_near(probabilities, nano_expected(name, "probabilities").floats, tolerance,
                 name + " probabilities");
    }
  }
}

TEST_CASE("nano: every parameter is counted once", "[end_to_end]") {
  struct Case {
    std::string name;
    std::int64_t parameters;
  };
  // data/golden/model/index.json, counted by torch
  for (const Case& c :
       {Case{"nano_quick_gelu", 62593}, Case{"nano_gelu", 47389}, Case{"nano_legacy", 29041}}) {
    CAPTURE(c.name);
    const auto clip = Model::open(nano_folder(c.name));
    std::int64_t count = 0;
    for (const ExpectedWeight& weight : expected_weights(clip->config())) count += weight.shape.elements();
    CHECK(count == c.parameters);
  }
}
