// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "sightline/model/class_row_texts.h"
#include "sightline/model/model.h"
#include "sightline/model/separate_texts.h"
#include "support/catch.h"
#include "support/random_model.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// Without a class token, and with the same position for every patch, so that patches can change places.
Model tower_without_positions(Pooling pooling) {
  ModelConfig config = small_config();
  config.vision.class_token = false;
  config.vision.pooling = pooling;
  LoadedModel loaded = random_model(config, 5);
  const std::string positions = "vision_model.embeddings.position_embedding.weight";
  const Shape shape = loaded.weights.extract(positions).shape;
  loaded.weights.add(positions, StoredTensor::deferred(DType::f32, shape, [](std::span<std::byte> out) {
                       std::ranges::fill(out, std::byte{0});
                     }));
  return Model(std::move(loaded));
}

std::vector<float> embed(const Model& model, const std::vector<float>& pixels) {
  std::vector<float> row(static_cast<std::size_t>(model.embedding_size()));
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  model.encode_images({pixels.data(), Shape{1, std::ssize(pixels)}},
                      {row.data(), Shape{1, model.embedding_size()}}, context);
  return row;
}

/// The image with patch `patch` and the first one exchanged.
std::vector<float> exchanged(std::vector<float> pixels, std::int64_t patch, const ImageTowerConfig& config) {
  const std::int64_t size = config.patch_size, side = config.image_size;
  const std::int64_t top = patch / config.side() * size, left = patch % config.side() * size;
  for (std::int64_t c = 0; c < config.channels; ++c) {
    for (std::int64_t y = 0; y < size; ++y) {
      float* plane = pixels.data() + c * side * side;
      std::swap_ranges(plane + y * side, plane + y * side + size, plane + (top + y) * side + left);
    }
  }
  return pixels;
}

}  // namespace

TEST_CASE("pooling: the mean is that of the rows of all patches", "[model]") {
  // Rows do not depend on their place, so the first row of an exchanged image is that of the other patch.
  const Model first = tower_without_positions(Pooling::class_token),
              mean = tower_without_positions(Pooling::mean);
  const ImageTowerConfig& config = mean.config().vision;
  const std::vector<float> pixels = random_values(mean.processor().pixel_count(), 3, 1);
  std::vector<double> sum(static_cast<std::size_t>(mean.embedding_size()));
  for (std::int64_t patch = 0; patch < config.tokens(); ++patch) {
    const std::vector<float> row = embed(first, exchanged(pixels, patch, config));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(row[i]);
  }
  const std::vector<float> actual = embed(mean, pixels);
  for (std::size_t i = 0; i < sum.size(); ++i)
    CHECK(std::abs(static_cast<double>(actual[i]) - sum[i] / static_cast<double>(config.tokens())) < 1e-5);
}

TEST_CASE("separate texts: every text has rows of its own, and duplicates share them", "[model]") {
  const std::vector<std::vector<std::int32_t>> ids = {{1, 2}, {1, 2}, {1, 2, 3}, {4}};
  std::vector<TextIds> sorted;
  for (const auto& text : ids) sorted.push_back({text, std::ssize(sorted)});
  const std::int64_t length = GENERATE(0, 5);
  Scratch scratch;
  Scratch::Frame frame(scratch);
  const SeparateTexts texts(
      sorted, length, [](std::span<const std::int32_t> text) { return std::ssize(text) - 1; }, frame);
  CHECK(texts.rows() == (length == 0 ? 2 + 3 + 1 : 15));
  CHECK(std::ranges::equal(texts.text_of(), std::vector<std::int64_t>{0, 0, 1, 2}));
  const EncoderSpans spans = texts.spans();
  std::int64_t next = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(spans.all[i].first_row == next);
    CHECK(spans.all[i].first_query == next);
    CHECK(spans.all[i].queries == spans.all[i].length);
    next += spans.all[i].length;
    CHECK(spans.pooled[i].position == std::ssize(texts.texts()[i].ids) - 1);
    CHECK(spans.pooled[i].first_query == static_cast<std::int64_t>(i));
  }
  CHECK(next == texts.rows());
}

TEST_CASE("class row texts: the id before a position decides whether it takes part", "[model]") {
  constexpr std::int64_t kContext = 4;
  struct Case {
    std::vector<std::int32_t> ids;
    std::vector<std::int64_t> positions;  ///< those of the class row's keys, then its own
    bool sees_itself;
  };
  // One row of the padding; after a padding id; a text of nothing else; the full context, which has no
  // padding.
  const std::vector<Case> cases = {{{5, 6}, {0, 1, 2, 4}, false},         {{5, 6, 7}, {0, 1, 2, 3, 4}, false},
                                   {{5, 0, 7}, {0, 1, 3, 4}, false},      {{0}, {0, 4}, false},
                                   {{5, 6, 7, 8}, {0, 1, 2, 3, 4}, true}, {{5, 0, 0, 8}, {0, 1, 4}, true}};
  std::vector<TextIds> sorted;
  for (const Case& text : cases) sorted.push_back({text.ids, std::ssize(sorted)});
  sorted.push_back(sorted.back());  // a duplicate
  Scratch scratch;
  Scratch::Frame frame(scratch);
  const ClassRowTexts texts(sorted, kContext, 0, frame);
  CHECK(texts.text_of().back() == std::ssize(cases) - 1);
  REQUIRE(texts.texts().size() == cases.size());
  const EncoderSpans spans = texts.spans();
  std::int64_t row = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i);
    const std::int64_t rows = std::ssize(cases[i].positions);
    CHECK(std::ranges::equal(
        texts.positions().subspan(static_cast<std::size_t>(row), cases[i].positions.size()),
        cases[i].positions));
    const AttentionSpan &own = spans.all[2 * i], &last = spans.all[2 * i + 1], &pooled = spans.pooled[i];
    CHECK(own.first_query == row);
    CHECK(own.queries == rows - 1);
    CHECK(last.first_query == row + rows - 1);
    for (const AttentionSpan& span : {own, last, pooled}) {
      CHECK(span.first_row == row);
      CHECK(span.length == rows - (cases[i].sees_itself ? 0 : 1));
    }
    CHECK(last.position == last.length - 1);
    CHECK(pooled.position == pooled.length - 1);
    CHECK(spans.rows[i] == row + rows - 1);
    row += rows;
  }
  CHECK(texts.rows() == row);
}

TEST_CASE("text tower: the mean is that of a text's own rows", "[model]") {
  // Pooling at each position in turn gives the rows.
  ModelConfig config = small_config();
  config.text.mask = Mask::none;
  config.text.final_norm = GENERATE(true, false);
  config.text.projection.hidden = {{"text_model.transformation", 20, true, Activation::none}};
  const auto rows_of = [&](Pooling pooling, std::int64_t eos, const TokenBatch& batch) {
    config.text.pooling = pooling;
    config.text.eos_token_id = eos;
    const Model model(random_model(config, 9));
    Tensor rows(Shape{batch.size(), model.embedding_size()});
    ThreadPool pool(2);
    Scratch scratch;
    Context context{pool, scratch};
    model.encode_texts(batch, rows.view(), context);
    return rows;
  };
  const std::vector<std::int32_t> ids = {3, 40, 5, 7};
  TokenBatch batch;
  batch.add(std::vector<std::int32_t>{8, 9});
  batch.add(ids);
  std::vector<double> sum(static_cast<std::size_t>(config.projection_dim));
  for (const std::int32_t id : ids) {
    const Tensor rows = rows_of(Pooling::first_eos, id, batch);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(rows.view().row(1)[i]);
  }
  const Tensor mean = rows_of(Pooling::mean, 0, batch);
  for (std::size_t i = 0; i < sum.size(); ++i)
    CHECK(std::abs(static_cast<double>(mean.view().row(1)[i]) - sum[i] / 4) < 1e-5);
  const Tensor first = rows_of(Pooling::first, 0, batch), third = rows_of(Pooling::first_eos, 3, batch);
  CHECK(std::ranges::equal(first.view().row(1), third.view().row(1)));
}

TEST_CASE("text tower: RoBERTa counts positions without its padding", "[model]") {
  ModelConfig config = small_config();
  config.text.mask = Mask::none;
  config.text.position_offset = 2;  // the padding has id 1
  config.text.token_types = 1;
  const Model model(random_model(config, 9));
  const auto rows_of = [&](std::vector<std::int32_t> ids, std::int64_t first) {
    Tensor x(Shape{std::ssize(ids) - first, config.text.encoder.width});
    model.text_tower().embed(ids, first, x.view());
    return x;
  };
  const Tensor plain = rows_of({0, 7, 8}, 0), padded = rows_of({0, 1, 7, 1, 8}, 0);
  CHECK(std::ranges::equal(plain.view().row(1), padded.view().row(2)));
  CHECK(std::ranges::equal(plain.view().row(2), padded.view().row(4)));
  CHECK(std::ranges::equal(padded.view().row(1), padded.view().row(3)));
  CHECK_FALSE(std::ranges::equal(plain.view().row(1), plain.view().row(2)));
  CHECK(std::ranges::equal(rows_of({0, 1, 7, 1, 8}, 4).view().row(0), padded.view().row(4)));
}

TEST_CASE("text tower: without a mask, later ids count, and texts need no padding", "[model]") {
  ModelConfig config = small_config();
  config.text.mask = Mask::none;
  const Model model(random_model(config, 9));
  const auto row_of = [&](std::vector<std::int32_t> ids) {
    TokenBatch batch;
    batch.add(ids);
    std::vector<float> row(static_cast<std::size_t>(model.embedding_size()));
    ThreadPool pool(2);
    Scratch scratch;
    Context context{pool, scratch};
    model.encode_texts(batch, {row.data(), Shape{1, model.embedding_size()}}, context);
    return row;
  };
  CHECK(row_of({3, 40, 5}) != row_of({3, 40, 6}));  // the largest id is pooled, before the last one
  CHECK(row_of({3, 40, 5}) == row_of({3, 40, 5}));
}
