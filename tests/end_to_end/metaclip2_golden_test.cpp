// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/nano.h"
#include "sightline/ops/gemm_precision.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

// The reference's own float32 differs from its float64 by at most 2.1e-7 on this model (versions.json).
constexpr double kEmbeddingTolerance = 2e-6;

std::string folder() { return golden_path("metaclip2/metaclip2_nano"); }
NpyArray expected(std::string_view array) {
  return read_npy(golden_path("metaclip2/expected/").append(array).append(".npy"));
}
std::vector<std::string> captions() { return read_lines(golden_path("metaclip2/expected/captions.txt")); }

}  // namespace

TEST_CASE("MetaCLIP 2: pixels and ids are those of transformers", "[end_to_end][golden][metaclip2]") {
  const auto model = Model::open(folder());
  CHECK(model->source().assumptions.empty());
  const Tensor pixels = pixels_of(*model, nano_images());
  const NpyArray hashes = expected("pixel_hashes");
  REQUIRE(std::ssize(hashes.integers) == pixels.view().rows());
  for (std::int64_t i = 0; i < pixels.view().rows(); ++i) {
    CHECK(fnv1a(pixels.view().row(i)) ==
          static_cast<std::uint64_t>(hashes.integers[static_cast<std::size_t>(i)]));
  }
  const TokenBatch ids = token_batch(expected("input_ids"));
  const std::vector<std::string> texts = captions();
  REQUIRE(ids.size() == std::ssize(texts));
  for (std::int64_t i = 0; i < ids.size(); ++i) {
    std::vector<std::int32_t> padded =
        model->processor().process_text(texts[static_cast<std::size_t>(i)]).ids;
    padded.resize(ids[i].size(), 1);
    CHECK(padded == std::vector<std::int32_t>(ids[i].begin(), ids[i].end()));
  }
}

TEST_CASE("MetaCLIP 2: embeddings are those of transformers, also of texts without an end token",
          "[end_to_end][golden][metaclip2]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return;
  const auto model = Model::open(folder(), {.backend = std::string(backend->name())});
  Workspace workspace;
  const Tensor images = image_features(*model, pixels_of(*model, nano_images()).view(), workspace);
  check_near(normalized(images), expected("image_embeds").floats, kEmbeddingTolerance, "image_embeds");
  const Tensor texts = text_features(*model, tokens_of(*model, captions()), workspace);
  check_near(normalized(texts), expected("text_embeds").floats, kEmbeddingTolerance, "text_embeds");
  check_same_bits(flat(text_features(*model, token_batch(expected("input_ids")), workspace)), flat(texts),
                  "padded");
  const Tensor endless = text_features(*model, token_batch(expected("endless_ids")), workspace);
  check_near(normalized(endless), expected("endless_embeds").floats, kEmbeddingTolerance, "endless");
}

TEST_CASE("MetaCLIP 2: in every precision, the same bits for any neighbours and number of threads",
          "[end_to_end][bits][metaclip2]") {
  const auto& [dtype, least] = GENERATE(table<std::optional<DType>, double>(
      {{std::nullopt, 0.999999}, {DType::f16, 0.9999}, {DType::bf16, 0.999}, {DType::i8, 0.98}}));
  ModelSettings settings;
  settings.dtype = dtype;
  const auto model = Model::open(folder(), settings);
  Workspace one(1), three(3);
  const TokenBatch texts = tokens_of(*model, captions());
  const Tensor together = text_features(*model, texts, three);
  for (std::int64_t i = 0; i < texts.size(); ++i) {
    TokenBatch alone;
    alone.add(texts[i]);
    check_same_bits(text_features(*model, alone, one).view().row(0), together.view().row(i));
  }
  const std::vector<float> rows = normalized(together), exact = expected("text_embeds").floats;
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    sum += static_cast<double>(rows[i]) * static_cast<double>(exact[i]);
  CHECK(sum / static_cast<double>(texts.size()) > least);
}

TEST_CASE("MetaCLIP 2: a missing tokenizer is an error that names its file",
          "[end_to_end][error][metaclip2]") {
  // CLIP's vocabulary is not a substitute, whatever its size.
  ModelFiles files(golden_path("siglip/siglip_nano"));
  const ModelConfig config = ModelConfig::from_json(R"({"model_type": "metaclip_2"})", "config.json");
  CHECK(config.text.vocabulary_size == kClipVocabulary);
  const Failure failure = error_of([&] { (void)load_tokenizer(files, config, TextCleaning::hf); });
  CHECK(failure.code == "MISSING");
  CHECK_THAT(failure.message, Contains("sentencepiece.bpe.model"));
}
