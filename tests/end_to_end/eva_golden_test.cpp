// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/nano.h"
#include "sightline/model/clip_model.h"
#include "sightline/model/summary_layers.h"
#include "sightline/ops/gemm_precision.h"
#include "support/catch.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

// The reference's own float32 differs from its float64 by at most 2.9e-7 on these models (versions.json).
constexpr double kEmbeddingTolerance = 2e-6;

std::string folder(std::string_view name) { return golden_path("openclip_eva/").append(name); }
NpyArray expected(std::string_view name, std::string_view array) {
  return read_npy(
      golden_path("openclip_eva/expected/").append(name).append("/").append(array).append(".npy"));
}

/// The images in the order in which the reference saw them; it drops the alpha of others.
std::vector<std::string> images() {
  std::vector<std::string> paths;
  for (const char* image : {"exif.jpg", "grey.png", "photo.jpg", "tall.png"})
    paths.push_back(golden_path("model/images/") + image);
  return paths;
}

/// The ids of the reference without the padding behind their end token.
TokenBatch texts_of(std::string_view name) {
  const NpyArray ids = expected(name, "input_ids");
  const auto length = static_cast<std::ptrdiff_t>(ids.shape[1]);
  TokenBatch texts;
  for (std::int64_t i = 0; i < ids.shape[0]; ++i) {
    std::vector<std::int32_t> text(ids.integers.begin() + i * length,
                                   ids.integers.begin() + (i + 1) * length);
    while (text.back() == 0) text.pop_back();
    texts.add(text);
  }
  return texts;
}

std::string any_model() {
  return GENERATE(as<std::string>{}, "pe_core", "pe_core_gigantic", "eva02", "eva01", "eva02_enormous");
}

}  // namespace

TEST_CASE("EVA: pixels, embeddings and logits are those of OpenCLIP", "[end_to_end][golden][eva]") {
  const std::string name = any_model();
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return;
  const auto model = Model::open(folder(name), {.backend = std::string(backend->name())});
  const Tensor pixels = pixels_of(*model, images());
  const NpyArray hashes = expected(name, "pixel_hashes");
  REQUIRE(std::ssize(hashes.integers) == pixels.view().rows());
  for (std::int64_t i = 0; i < pixels.view().rows(); ++i) {
    CHECK(fnv1a(pixels.view().row(i)) ==
          static_cast<std::uint64_t>(hashes.integers[static_cast<std::size_t>(i)]));
  }
  Workspace workspace;
  const Tensor features = image_features(*model, pixels.view(), workspace);
  check_near(normalized(features), expected(name, "image_embeds").floats, kEmbeddingTolerance,
             "image_embeds");
  const Tensor texts = text_features(*model, texts_of(name), workspace);
  check_near(normalized(texts), expected(name, "text_embeds").floats, kEmbeddingTolerance, "text_embeds");
  CHECK(model->head().rule() == ScoreRule::softmax);
  Tensor logits(Shape{features.shape()[0], texts.shape()[0]});
  model->head()(features.view(), texts.view(), logits.view());
  check_near(flat(logits), expected(name, "logits_per_image").floats, 8e-5, "logits_per_image");
}

TEST_CASE("EVA: the same bits for any neighbours, batch size and number of threads in every precision",
          "[end_to_end][bits][eva]") {
  const std::string name = any_model();
  const auto [dtype, least] = GENERATE(table<std::optional<DType>, double>(
      {{std::nullopt, 0.999999}, {DType::f16, 0.9999}, {DType::bf16, 0.998}, {DType::i8, 0.98}}));
  ModelSettings settings;
  settings.dtype = dtype;
  const auto model = Model::open(folder(name), settings);
  Workspace one(1), three(3);
  const Tensor pixels = pixels_of(*model, images());
  const Tensor features = image_features(*model, pixels.view(), three);
  for (std::int64_t i = 0; i < pixels.view().rows(); ++i)
    check_same_bits(flat(image_features(*model, pixels.view().slice_rows(i, 1), one)),
                    features.view().row(i));

  const std::vector<float> rows = normalized(features), exact = expected(name, "image_embeds").floats;
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    sum += static_cast<double>(rows[i]) * static_cast<double>(exact[i]);
  CHECK(sum / static_cast<double>(pixels.view().rows()) > least);
}
