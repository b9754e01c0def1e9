// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/nano.h"
#include "sightline/ops/gemm_precision.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

// The reference's own float32 differs from its float64 by at most 2.3e-7 on these models (versions.json).
constexpr double kEmbeddingTolerance = 2e-6;

constexpr std::string_view kModules = "multilingual";  // written by sentence-transformers

std::string folder(std::string_view name) {
  return golden_path(name == kModules ? "sentence_modules/" : "bert_towers/").append(name);
}
std::string expected_path(std::string_view name, std::string_view file) {
  if (name == kModules) return golden_path("sentence_modules/expected/").append(file);
  return golden_path("bert_towers/expected/").append(name).append("/").append(file);
}
NpyArray expected(std::string_view name, std::string_view array) {
  return read_npy(expected_path(name, array) + ".npy");
}
std::vector<std::string> captions(std::string_view name) {
  return read_lines(expected_path(name, "captions.txt"));
}

}  // namespace

TEST_CASE("BERT towers: pixels and ids are those of transformers", "[end_to_end][golden][bert]") {
  const std::string name = GENERATE("chinese_clip", "altclip");
  const auto model = Model::open(folder(name));
  CHECK(model->source().assumptions.empty());
  const Tensor pixels = pixels_of(*model, nano_images());
  const NpyArray hashes = expected(name, "pixel_hashes");
  REQUIRE(std::ssize(hashes.integers) == pixels.view().rows());
  for (std::int64_t i = 0; i < pixels.view().rows(); ++i) {
    CHECK(fnv1a(pixels.view().row(i)) ==
          static_cast<std::uint64_t>(hashes.integers[static_cast<std::size_t>(i)]));
  }
  const NpyArray ids = expected(name, "input_ids"), lengths = expected(name, "lengths");
  const std::vector<std::string> texts = captions(name);
  REQUIRE(ids.shape[0] == std::ssize(texts));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CAPTURE(texts[i]);
    const auto first = ids.integers.begin() + static_cast<std::int64_t>(i) * ids.shape[1];
    CHECK(model->processor().process_text(texts[i]).ids ==
          std::vector<std::int32_t>(first, first + lengths.integers[i]));
  }
}

TEST_CASE("BERT towers: embeddings are those of transformers", "[end_to_end][golden][bert]") {
  const std::string name = GENERATE("chinese_clip", "altclip");
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return;
  const auto model = Model::open(folder(name), {.backend = std::string(backend->name())});
  Workspace workspace;
  const Tensor images = image_features(*model, pixels_of(*model, nano_images()).view(), workspace);
  check_near(normalized(images), expected(name, "image_embeds").floats, kEmbeddingTolerance, "image_embeds");
  const Tensor texts = text_features(*model, tokens_of(*model, captions(name)), workspace);
  check_near(normalized(texts), expected(name, "text_embeds").floats, kEmbeddingTolerance, "text_embeds");
}

TEST_CASE("BERT towers: in every precision, the same bits for any neighbours and number of threads",
          "[end_to_end][bits][bert]") {
  const std::string name = GENERATE("chinese_clip", "altclip", "multilingual");
  const auto& [dtype, least] = GENERATE(table<std::optional<DType>, double>(
      {{std::nullopt, 0.999999}, {DType::f16, 0.9999}, {DType::bf16, 0.999}, {DType::i8, 0.98}}));
  ModelSettings settings;
  settings.dtype = dtype;
  const auto model = Model::open(folder(name), settings);
  Workspace one(1), three(3);
  const TokenBatch texts = tokens_of(*model, captions(name));
  const Tensor together = text_features(*model, texts, three);
  for (std::int64_t i = 0; i < texts.size(); ++i) {
    TokenBatch alone;
    alone.add(texts[i]);
    check_same_bits(text_features(*model, alone, one).view().row(0), together.view().row(i));
  }
  const std::vector<float> rows = normalized(together), exact = expected(name, "text_embeds").floats;
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    sum += static_cast<double>(rows[i]) * static_cast<double>(exact[i]);
  CHECK(sum / static_cast<double>(texts.size()) > least);
}

TEST_CASE("BERT towers: the ids and embeddings of a text tower alone", "[end_to_end][golden][bert]") {
  const std::string name = GENERATE("m_clip", "multilingual");
  const auto model = Model::open(folder(name));
  CHECK_FALSE(model->config().has_vision);
  const NpyArray ids = expected(name, "input_ids"), lengths = expected(name, "lengths");
  const std::vector<std::string> texts = captions(name);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto first = ids.integers.begin() + static_cast<std::int64_t>(i) * ids.shape[1];
    CHECK(model->processor().process_text(texts[i]).ids ==
          std::vector<std::int32_t>(first, first + lengths.integers[i]));
  }
  Workspace workspace;
  const Tensor rows = text_features(*model, tokens_of(*model, texts), workspace);
  check_near(normalized(rows), expected(name, "text_embeds").floats, kEmbeddingTolerance, "text_embeds");
}

TEST_CASE("BERT towers: OpenCLIP's ids and embeddings", "[end_to_end][golden][bert]") {
  const std::string name = GENERATE("xlm_roberta", "biomed");
  const auto expected_array = [&](const std::string& array) {
    return read_npy(golden_path("openclip_bert/expected/" + name + "/" + array + ".npy"));
  };
  const auto model = Model::open(golden_path("openclip_bert/" + name));
  CHECK(model->source().dialect == Dialect::openclip);
  const NpyArray ids = expected_array("input_ids"), lengths = expected_array("lengths");
  const std::vector<std::string> texts =
      read_lines(golden_path("openclip_bert/expected/" + name + "/captions.txt"));
  REQUIRE(ids.shape[0] == std::ssize(texts));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CAPTURE(texts[i]);
    const auto first = ids.integers.begin() + static_cast<std::int64_t>(i) * ids.shape[1];
    CHECK(model->processor().process_text(texts[i]).ids ==
          std::vector<std::int32_t>(first, first + lengths.integers[i]));
  }
  Workspace workspace;
  const Tensor rows = text_features(*model, tokens_of(*model, texts), workspace);
  check_near(normalized(rows), expected_array("text_embeds").floats, kEmbeddingTolerance, "text_embeds");
  const NpyArray pixels = expected_array("pixels");
  const Tensor images = image_features(
      *model, {pixels.floats.data(), Shape{pixels.shape[0], model->processor().pixel_count()}}, workspace);
  check_near(normalized(images), expected_array("image_embeds").floats, kEmbeddingTolerance, "image_embeds");
}

TEST_CASE("BERT towers: a missing tokenizer is an error that names its file", "[end_to_end][error][bert]") {
  const ModelFiles files(golden_path("siglip/siglip_nano"));
  const ModelConfig config = ModelConfig::from_json(R"({"model_type": "chinese_clip"})", "config.json");
  const Failure failure = error_of([&] { (void)load_tokenizer(files, config, TextCleaning::hf); });
  CHECK(failure.code == "MISSING");
  CHECK_THAT(failure.message, Contains("vocab.txt"));
}
