// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/text_tower.h"

#include <algorithm>
#include <array>
#include <string>

#include "sightline/base/error.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::int64_t kRowsPerPass = 512;  // enough to keep the kernels busy; bounds the scratch memory
constexpr std::int64_t kMaxTexts = 256;
constexpr std::int64_t kLegacyEos = 2;

}  // namespace

TextTower::TextTower(const WeightScope& root, const CLIPConfig& config, const GemmBackend& backend)
    : width_(config.text.encoder.width),
      context_length_(config.text.context_length),
      eos_token_id_(config.text.eos_token_id),
      token_embedding_(root / "text_model" / "embeddings" / "token_embedding", config.text.vocabulary_size,
                       width_),
      position_embedding_(root / "text_model" / "embeddings" / "position_embedding", context_length_, width_),
      encoder_(root / "text_model" / "encoder", config.text.encoder, Mask::causal, backend),
      final_norm_(root / "text_model" / "final_layer_norm", width_, config.text.encoder.epsilon),
      projection_(root / "text_projection", {.in = width_, .units = config.projection_dim, .bias = Bias::no},
                  backend) {}

std::int64_t TextTower::pooled_position(std::span<const std::int32_t> ids) const {
  if (eos_token_id_ == kLegacyEos) return std::max_element(ids.begin(), ids.end()) - ids.begin();
  const auto found = std::find(ids.begin(), ids.end(), static_cast<std::int32_t>(eos_token_id_));
  return found == ids.end() ? 0 : found - ids.begin();
}

void TextTower::embed(std::span<const std::int32_t> ids, TensorView<float> x) const {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto row = x.row(static_cast<std::int64_t>(i));
    token_embedding_.lookup(ids[i], row);
    position_embedding_.add(static_cast<std::int64_t>(i), row);
  }
}

void TextTower::operator()(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const {
  check_rows("text tower", "embeddings", embeddings.shape(), texts.size(), projection_.units());
  std::array<Sequence, kMaxTexts> sequences;
  std::int64_t begin = 0;
  while (begin < texts.size()) {
    std::int64_t count = 0, rows = 0;
    while (begin + count < texts.size() && count < kMaxTexts && (rows < kRowsPerPass || count == 0)) {
      const std::span<const std::int32_t> ids = texts[begin + count];
      if (ids.empty() || static_cast<std::int64_t>(ids.size()) > context_length_) {
        fail(ErrorCode::range, "text",
             "has " + std::to_string(ids.size()) + " tokens, expected 1 to " +
                 std::to_string(context_length_));
      }
      const std::int64_t position = pooled_position(ids);
      sequences[static_cast<std::size_t>(count)] = {position + 1, position};
      rows += position + 1;
      ++count;
    }
    encode(texts, begin, {sequences.data(), static_cast<std::size_t>(count)},
           embeddings.slice_rows(begin, count), context);
    begin += count;
  }
}

void TextTower::encode(const TokenBatch& texts, std::int64_t begin, std::span<const Sequence> sequences,
                       TensorView<float> embeddings, Context& context) const {
  std::int64_t rows = 0;
  for (const Sequence& sequence : sequences) rows += sequence.length;
  Scratch::Frame frame(context.scratch);
  const TensorView<float> x = frame.take(Shape{rows, width_});
  const TensorView<float> pooled = frame.take(Shape{embeddings.rows(), width_});

  // hidden_states = token_embedding(input_ids) + position_embedding(position_ids)
  std::int64_t row = 0;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::int64_t length = sequences[i].length;
    embed(texts[begin + static_cast<std::int64_t>(i)].first(static_cast<std::size_t>(length)),
          x.slice_rows(row, length));
    row += length;
  }

  // pooled_output = self.final_layer_norm(self.encoder(hidden_states))[batch, position of the end]
  encoder_(x, sequences, pooled, context);
  final_norm_(pooled, pooled);

  // text_embeds = self.text_projection(pooled_output)
  projection_(pooled, embeddings, context);
}

}  // namespace sightline
