// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/nano.h"
#include "sightline/model/clip_model.h"
#include "sightline/model/family.h"
#include "sightline/ops/gemm_precision.h"
#include "support/catch.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

// The reference's own float32 differs from its float64 by at most 3.7e-7 on these models (versions.json).
constexpr double kEmbeddingTolerance = 2e-6;
// Pixels are rounded as in transformers; torchvision's ToTensor rounds once more.
constexpr double kPixelTolerance = 1e-6;

std::string folder(std::string_view name) { return golden_path("openclip_towers/").append(name); }
NpyArray expected(std::string_view name, std::string_view array) {
  return read_npy(folder(name).append("/expected/").append(array).append(".npy"));
}

const std::vector<std::string>& images() {
  static const std::vector<std::string> paths = {golden_path("model/images/exif.jpg"),
                                                 golden_path("model/images/photo.jpg"),
                                                 golden_path("model/images/tall.png")};
  return paths;
}

/// The place of the crop is OpenCLIP's with OpenAI's rule.
std::unique_ptr<Model> open(std::string_view name, ModelSettings settings = {}) {
  settings.pixel_rule = PixelRule::openai;
  return Model::open(folder(name), settings);
}

/// The ids of the reference; without the padding (0) at their end if `cut`.
TokenBatch ids_of(std::string_view name, bool cut) {
  return token_batch(expected(name, "input_ids"), cut ? std::optional(0) : std::nullopt);
}

}  // namespace

TEST_CASE("OpenCLIP: pixels and embeddings of other towers are those of the reference",
          "[end_to_end][golden][openclip]") {
  const std::string name =
      GENERATE("siglip", "siglip2", "clipa", "mobileclip", "naflex", "coca", "coca_same");
  CAPTURE(name);
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return;
  const auto model = open(name, {.backend = std::string(backend->name())});
  CHECK(model->source().assumptions.empty());
  CHECK(model->config().family == (name.starts_with("siglip") ? &siglip_family() : &openclip_family()));
  const Tensor pixels = pixels_of(*model, images());
  check_near(flat(pixels), expected(name, "pixels").floats, kPixelTolerance, "pixels");
  Workspace workspace;
  const Tensor rows = image_features(*model, pixels.view(), workspace);
  check_near(normalized(rows), expected(name, "image_embeds").floats, kEmbeddingTolerance, "image_embeds");
  const Tensor texts = text_features(*model, ids_of(name, false), workspace);
  check_near(normalized(texts), expected(name, "text_embeds").floats, kEmbeddingTolerance, "text_embeds");
  // The tower adds the padding that a text lacks.
  check_same_bits(flat(text_features(*model, ids_of(name, true), workspace)), flat(texts), "cut texts");
}

TEST_CASE("OpenCLIP: texts are cleaned and padded as its config says", "[end_to_end][golden][openclip]") {
  const std::string name = GENERATE("siglip", "siglip2", "clipa", "naflex", "coca");
  CAPTURE(name);
  const auto model = open(name);
  const bool padded = model->config().tokenizer.source != TokenizerSource::clip;
  const TokenBatch ids = ids_of(name, !padded);
  const std::vector<std::string> captions = read_lines(folder(name) + "/expected/captions.txt");
  REQUIRE(std::ssize(captions) == ids.size());
  for (std::int64_t i = 0; i < ids.size(); ++i) {
    CAPTURE(captions[static_cast<std::size_t>(i)]);
    const Encoding encoding = model->processor().process_text(captions[static_cast<std::size_t>(i)]);
    CHECK(std::ranges::equal(encoding.ids, ids[i]));
  }
}

TEST_CASE("OpenCLIP: a logit_bias makes probabilities sigmoids", "[end_to_end][golden][openclip]") {
  const std::string name = GENERATE("siglip", "siglip2");
  const auto model = open(name);
  CHECK(model->head().rule() == ScoreRule::sigmoid);
  Workspace workspace;
  const Tensor rows = image_features(*model, pixels_of(*model, images()).view(), workspace);
  const Tensor texts = text_features(*model, ids_of(name, false), workspace);
  Tensor logits(Shape{rows.shape()[0], texts.shape()[0]});
  model->head()(rows.view(), texts.view(), logits.view());
  const double scale = static_cast<double>(model->head().logit_scale());
  check_near(flat(logits), expected(name, "logits").floats, scale * 4 * kEmbeddingTolerance, "logits");
  std::vector<double> probabilities;
  model->head().probabilities(flat(cosines(rows.view(), texts.view())), probabilities);
  check_near(std::vector<float>(probabilities.begin(), probabilities.end()),
             expected(name, "probabilities").floats, scale * kEmbeddingTolerance, "probabilities");
}

TEST_CASE("OpenCLIP: other towers give the same bits for any neighbours and number of threads",
          "[end_to_end][bits][openclip]") {
  const std::string name = GENERATE("siglip", "clipa", "mobileclip", "coca", "coca_same");
  ModelSettings settings;
  settings.dtype = GENERATE(std::optional<DType>(), std::optional(DType::bf16), std::optional(DType::i8));
  const auto model = open(name, settings);
  Workspace one(1), three(3);
  const Tensor pixels = pixels_of(*model, images());
  const Tensor rows = image_features(*model, pixels.view(), three);
  const TokenBatch texts = ids_of(name, true);
  const Tensor together = text_features(*model, texts, three);
  for (std::int64_t i = 0; i < pixels.view().rows(); ++i)
    check_same_bits(flat(image_features(*model, pixels.view().slice_rows(i, 1), one)), rows.view().row(i));
  for (std::int64_t i = 0; i < texts.size(); ++i) {
    TokenBatch alone;
    alone.add(texts[i]);
    check_same_bits(flat(text_features(*model, alone, one)), together.view().row(i));
  }
}
