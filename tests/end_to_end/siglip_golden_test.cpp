// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "end_to_end/nano.h"
#include "sightline/model/clip_model.h"
#include "sightline/ops/gemm_precision.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

// The reference's own float32 differs from its float64 by at most 2.5e-7 on these models (versions.json).
constexpr double kEmbeddingTolerance = 2e-6;

std::string folder(std::string_view name) { return golden_path("siglip/").append(name); }
NpyArray expected(std::string_view name, std::string_view array) {
  return read_npy(golden_path("siglip/expected/").append(name).append("/").append(array).append(".npy"));
}

/// The images in the order in which the reference saw them; without conversion only those that are RGB.
std::vector<std::string> images_of(std::string_view name) {
  if (name == "siglip_nano") return nano_images();
  std::vector<std::string> paths;
  for (const char* image : {"exif.jpg", "photo.jpg", "tall.png"})
    paths.push_back(golden_path("model/images/") + image);
  return paths;
}

/// The ids of the reference; without the padding at their end if `cut`.
TokenBatch texts_of(std::string_view name, bool cut) {
  return token_batch(expected(name, "input_ids"), cut ? std::optional(1) : std::nullopt);
}

}  // namespace

TEST_CASE("SigLIP: pixel values are those of transformers, bit for bit", "[end_to_end][golden][siglip]") {
  const std::string name = GENERATE("siglip_nano", "siglip_wide");
  const auto model = Model::open(folder(name));
  CHECK(model->source().assumptions.empty());
  const Tensor pixels = pixels_of(*model, images_of(name));
  const NpyArray hashes = expected(name, "pixel_hashes");
  REQUIRE(std::ssize(hashes.integers) == pixels.view().rows());
  for (std::int64_t i = 0; i < pixels.view().rows(); ++i) {
    CHECK(fnv1a(pixels.view().row(i)) ==
          static_cast<std::uint64_t>(hashes.integers[static_cast<std::size_t>(i)]));
  }
}

TEST_CASE("SigLIP: a do_convert_rgb that is null converts, so that every image can be embedded",
          "[end_to_end][siglip]") {
  const auto model = Model::open(folder("siglip_wide"));
  CHECK(model->processor().image_config().pipeline.alpha == Alpha::white);
  CHECK(pixels_of(*model, nano_images()).view().rows() == std::ssize(nano_images()));
}

TEST_CASE("SigLIP: embeddings are those of transformers", "[end_to_end][golden][siglip]") {
  const std::string name = GENERATE("siglip_nano", "siglip_wide");
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return;
  const auto model = Model::open(folder(name), {.backend = std::string(backend->name())});
  Workspace workspace;
  const Tensor images = image_features(*model, pixels_of(*model, images_of(name)).view(), workspace);
  check_near(normalized(images), expected(name, "image_embeds").floats, kEmbeddingTolerance, "image_embeds");
  const Tensor texts = text_features(*model, texts_of(name, false), workspace);
  check_near(normalized(texts), expected(name, "text_embeds").floats, kEmbeddingTolerance, "text_embeds");
  // The tower adds the padding that a text lacks.
  check_same_bits(flat(text_features(*model, texts_of(name, true), workspace)), flat(texts), "cut texts");
}

TEST_CASE("SigLIP: logits have a bias, and probabilities are sigmoids", "[end_to_end][golden][siglip]") {
  const std::string name = GENERATE("siglip_nano", "siglip_wide");
  const auto model = Model::open(folder(name));
  Workspace workspace;
  const Tensor images = image_features(*model, pixels_of(*model, images_of(name)).view(), workspace);
  const Tensor texts = text_features(*model, texts_of(name, false), workspace);
  const Head& head = model->head();
  CHECK(head.rule() == ScoreRule::sigmoid);
  REQUIRE(head.logit_bias().has_value());
  Tensor logits(Shape{images.shape()[0], texts.shape()[0]});
  head(images.view(), texts.view(), logits.view());
  const double scale = static_cast<double>(head.logit_scale());
  check_near(flat(logits), expected(name, "logits_per_image").floats, scale * 4 * kEmbeddingTolerance,
             "logits_per_image");

  const Tensor cosine = cosines(images.view(), texts.view());
  std::vector<double> probabilities;
  head.probabilities(flat(cosine), probabilities);
  const std::vector<float> rounded(probabilities.begin(), probabilities.end());
  check_near(rounded, expected(name, "probabilities").floats, scale * kEmbeddingTolerance, "probabilities");
  CHECK(head.probability(cosine.data()[0]) == rounded[0]);
  // Another rule changes the probabilities only.
  const Head softmaxed = head.with_rule(ScoreRule::softmax);
  CHECK(softmaxed.logit(0.5F) == head.logit(0.5F));
  softmaxed.probabilities({cosine.data(), 3}, probabilities);
  CHECK(std::abs(probabilities[0] + probabilities[1] + probabilities[2] - 1) < 1e-12);
}

TEST_CASE("SigLIP: the same bits for any neighbours, batch size and number of threads",
          "[end_to_end][bits][siglip]") {
  const std::string name = GENERATE("siglip_nano", "siglip_wide");
  const std::optional<DType> dtype =
      GENERATE(std::optional<DType>(), std::optional(DType::bf16), std::optional(DType::i8));
  ModelSettings settings;
  settings.dtype = dtype;
  const auto model = Model::open(folder(name), settings);
  Workspace one(1), three(3);
  const Tensor pixels = pixels_of(*model, images_of(name));
  const Tensor images = image_features(*model, pixels.view(), three);
  const TokenBatch texts = texts_of(name, true);
  const Tensor together = text_features(*model, texts, three);
  for (std::int64_t i = 0; i < pixels.view().rows(); ++i) {
    check_same_bits(flat(image_features(*model, pixels.view().slice_rows(i, 1), one)), images.view().row(i));
  }
  for (std::int64_t i = 0; i < texts.size(); ++i) {
    TokenBatch alone;
    alone.add(texts[i]);
    alone.add(texts[i]);  // a duplicate shares its rows
    const Tensor rows = text_features(*model, alone, one);
    check_same_bits(rows.view().row(0), together.view().row(i));
    check_same_bits(rows.view().row(1), together.view().row(i));
  }
}

TEST_CASE("SigLIP: lower precisions stay close", "[end_to_end][siglip]") {
  const std::string name = "siglip_wide";
  for (const auto& [dtype, least] :
       {std::pair{DType::f16, 0.9999}, std::pair{DType::bf16, 0.999}, std::pair{DType::i8, 0.98}}) {
    ModelSettings settings;
    settings.dtype = dtype;
    const auto model = Model::open(folder(name), settings);
    Workspace workspace;
    const std::vector<float> rows = normalized(text_features(*model, texts_of(name, false), workspace));
    const std::vector<float> exact = expected(name, "text_embeds").floats;
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      sum += static_cast<double>(rows[i]) * static_cast<double>(exact[i]);
    CHECK(sum / static_cast<double>(texts_of(name, false).size()) > least);
  }
}

TEST_CASE("SigLIP: a missing tokenizer is an error that names its file", "[end_to_end][error][siglip]") {
  const auto model = Model::open(folder("siglip_nano"));
  const Failure failure = error_of([&] { (void)model->processor().process_text("a"); });
  CHECK(failure.code == "MISSING");
  CHECK_THAT(failure.message, Contains("spiece.model"));
}
