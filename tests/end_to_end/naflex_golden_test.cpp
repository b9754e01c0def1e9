// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "end_to_end/nano.h"
#include "sightline/model/clip_model.h"
#include "sightline/ops/gemm_precision.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

// The reference's own float32 differs from its float64 by at most 2e-7 (versions.json).
constexpr double kEmbeddingTolerance = 2e-6;
constexpr std::int64_t kPatch = 16;

std::string folder() { return golden_path("naflex/naflex_nano"); }
NpyArray expected(const std::string& array) {
  return read_npy(golden_path("naflex/expected/" + array + ".npy"));
}

std::vector<std::string> images() {
  std::vector<std::string> paths = nano_images();
  for (const char* name : {"band", "column", "dot", "odd", "square"})
    paths.push_back(golden_path("naflex/images/") + name + ".png");
  return paths;
}

/// Images of different sizes, prepared for a model.
struct Prepared {
  Prepared(const Model& model, const std::vector<std::string>& paths)
      : pixels(Shape{std::ssize(paths), model.processor().pixel_count()}) {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const std::vector<std::uint8_t> file = read_bytes(paths[i]);
      sizes.push_back(model.processor().process_image(
          std::as_bytes(std::span(file)), pixels.view().row(static_cast<std::int64_t>(i)), nullptr));
    }
  }
  ImageBatch batch() const { return {pixels.view(), sizes}; }
  ImageBatch part(std::int64_t begin, std::int64_t count) const {
    return {pixels.view().slice_rows(begin, count),
            std::span(sizes).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count))};
  }

  Tensor pixels;
  std::vector<ImageSize> sizes;
};

Tensor features(const Model& model, const ImageBatch& batch, Workspace& workspace) {
  Tensor rows(Shape{std::ssize(batch.sizes), model.embedding_size()});
  model.encode_images(batch, rows.view(), workspace.context);
  return rows;
}

/// [3, H, W] as the patches of the reference, [H / 16 * W / 16, 16 * 16 * 3].
std::vector<float> patches_of(std::span<const float> pixels, const ImageSize& size) {
  std::vector<float> patches;
  for (std::int64_t top = 0; top < size.height; top += kPatch) {
    for (std::int64_t left = 0; left < size.width; left += kPatch) {
      for (std::int64_t i = 0; i < kPatch * kPatch * 3; ++i) {
        const std::int64_t y = top + i / 3 / kPatch, x = left + i / 3 % kPatch;
        patches.push_back(pixels[static_cast<std::size_t>((i % 3 * size.height + y) * size.width + x)]);
      }
    }
  }
  return patches;
}

void check_patches(const Prepared& prepared, const std::string& hashes, const std::string& grids) {
  const NpyArray hash = expected(hashes), grid = expected(grids);
  REQUIRE(hash.integers.size() == prepared.sizes.size());
  for (std::size_t i = 0; i < prepared.sizes.size(); ++i) {
    INFO(images()[i]);
    const ImageSize& size = prepared.sizes[i];
    CHECK(size.height == kPatch * grid.integers[2 * i]);
    CHECK(size.width == kPatch * grid.integers[2 * i + 1]);
    const auto row = prepared.pixels.view().row(static_cast<std::int64_t>(i));
    CHECK(fnv1a(patches_of(row, size)) == static_cast<std::uint64_t>(hash.integers[i]));
  }
}

}  // namespace

TEST_CASE("NaFlex: patches are those of transformers, bit for bit", "[end_to_end][golden][naflex]") {
  const auto model = Model::open(folder());
  CHECK(model->source().assumptions.empty());
  CHECK(model->processor().image_size() == 0);
  check_patches({*model, images()}, "patch_hashes_256", "grids_256");
  ModelSettings settings;
  settings.max_patches = 64;
  check_patches({*Model::open(folder(), settings), images()}, "patch_hashes_64", "grids_64");
  settings = {};
  settings.pixel_rule = PixelRule::torchvision;
  check_patches({*Model::open(folder(), settings), images()}, "torchvision_hashes", "grids_256");
}

TEST_CASE("NaFlex: embeddings are those of transformers", "[end_to_end][golden][naflex]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return;
  const std::int64_t limit = GENERATE(256, 64);
  ModelSettings settings{.backend = std::string(backend->name())};
  if (limit != 256) settings.max_patches = limit;
  const auto model = Model::open(folder(), settings);
  Workspace workspace;
  const Prepared prepared(*model, images());
  const Tensor rows = features(*model, prepared.batch(), workspace);
  check_near(normalized(rows), expected("image_embeds_" + std::to_string(limit)).floats, kEmbeddingTolerance,
             "image_embeds");

  // Siglip2Tokenizer: lower case first, padded to 64 ids.
  const std::vector<std::string> captions = read_lines(golden_path("naflex/expected/captions.txt"));
  const TokenBatch texts = tokens_of(*model, captions);
  const NpyArray ids = expected("input_ids");
  for (std::int64_t i = 0; i < texts.size(); ++i) {
    REQUIRE(std::ssize(texts[i]) == ids.shape[1]);
    CHECK(std::equal(texts[i].begin(), texts[i].end(), ids.integers.begin() + i * ids.shape[1]));
  }
  const Tensor text_rows = text_features(*model, texts, workspace);
  check_near(normalized(text_rows), expected("text_embeds").floats, kEmbeddingTolerance, "text_embeds");
  if (limit != 256) return;
  Tensor logits(Shape{rows.shape()[0], text_rows.shape()[0]});
  model->head()(rows.view(), text_rows.view(), logits.view());
  CHECK(model->head().rule() == ScoreRule::sigmoid);
  check_near(flat(logits), expected("logits_per_image").floats, 1e-4, "logits_per_image");
}

TEST_CASE("NaFlex: the same bits for any neighbours, batch size and number of threads",
          "[end_to_end][bits][naflex]") {
  const std::optional<DType> dtype = GENERATE(std::optional<DType>(), std::optional(DType::f16),
                                              std::optional(DType::bf16), std::optional(DType::i8));
  ModelSettings settings;
  settings.dtype = dtype;
  const auto model = Model::open(folder(), settings);
  Workspace one(1), three(3);
  const Prepared prepared(*model, images());
  const Tensor together = features(*model, prepared.batch(), three);
  const std::int64_t count = std::ssize(prepared.sizes);
  for (std::int64_t i = 0; i < count; ++i)
    check_same_bits(flat(features(*model, prepared.part(i, 1), one)), together.view().row(i), images()[i]);
  check_same_bits(flat(features(*model, prepared.part(3, 4), one)), together.view().slice_rows(3, 4).flat());
}

TEST_CASE("NaFlex: lower precisions stay close", "[end_to_end][naflex]") {
  for (const auto& [dtype, least] :
       {std::pair{DType::f16, 0.9999}, std::pair{DType::bf16, 0.999}, std::pair{DType::i8, 0.98}}) {
    ModelSettings settings;
    settings.dtype = dtype;
    const auto model = Model::open(folder(), settings);
    Workspace workspace;
    const std::vector<float> rows =
        normalized(features(*model, Prepared(*model, images()).batch(), workspace));
    const std::vector<float> exact = expected("image_embeds_256").floats;
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      sum += static_cast<double>(rows[i]) * static_cast<double>(exact[i]);
    CHECK(sum / static_cast<double>(images().size()) > least);
  }
}

TEST_CASE("NaFlex: a limit of patches needs a NaFlex model, and sizes that are whole patches",
          "[end_to_end][error][naflex]") {
  ModelSettings settings;
  settings.max_patches = 64;
  const Failure fixed = error_of([&] { (void)Model::open(golden_path("siglip/siglip_nano"), settings); });
  CHECK(fixed.code == "UNSUP");
  CHECK_THAT(fixed.message, Contains("fixed size, 28x28"));
  settings.max_patches = 0;
  CHECK(error_of([&] { (void)Model::open(folder(), settings); }).code == "RANGE");

  const auto model = Model::open(folder());
  Workspace workspace;
  const Tensor pixels(Shape{1, 3 * 32 * 48});
  const auto code_of = [&](const ImageSize& size) {
    return error_of([&] { (void)features(*model, {pixels.view(), {&size, 1}}, workspace); }).code;
  };
  for (const ImageSize& size : {ImageSize{31, 48}, ImageSize{32, 0}, ImageSize{48, 48}, ImageSize{-16, 16}})
    CHECK(code_of(size) == "MISMATCH");
}

TEST_CASE("NaFlex: the library takes images of whole patches", "[end_to_end][library][naflex]") {
  const auto clip = CLIP::from_preset(folder(), {.max_patches = 64});
  const auto model = Model::open(folder(), {.max_patches = 64});
  Workspace workspace;
  const std::string image = images().front();
  const Tensor pixels = clip->processor().process_images({image, image});
  const NpyArray grid = expected("grids_64");
  CHECK(pixels.shape() == Shape{2, 3, kPatch * grid.integers[0], kPatch * grid.integers[1]});
  CHECK(clip->processor().image_size() == 0);
  const Tensor rows = clip->encode_images(pixels);
  const Tensor alone = features(*model, Prepared(*model, {image}).batch(), workspace);
  check_same_bits(rows.view().row(1), flat(alone));
  const Failure failure = error_of([&] { (void)clip->processor().process_images(images()); });
  CHECK(failure.code == "MISMATCH");
  CHECK_THAT(failure.message, Contains("one by one"));
  CHECK(error_of([&] { (void)clip->encode_images(Tensor(Shape{1, 3, 16, 20})); }).code == "MISMATCH");
}
