// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/text_tower.h"

#include <algorithm>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/separate_texts.h"
#include "sightline/nn/row_mean.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "text tower";

std::optional<Embedding> optional_embedding(const WeightScope& scope, std::int64_t rows, std::int64_t width) {
  if (rows == 0) return std::nullopt;
  return std::optional<Embedding>(std::in_place, scope, rows, width);
}

}  // namespace

TextTower::TextTower(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend)
    : config_(config.text),
      width_(config_.encoder.width),
      token_embedding_(root / "text_model" / "embeddings" / "token_embedding", config_.vocabulary_size,
                       width_),
      position_embedding_(root / "text_model" / "embeddings" / "position_embedding", config_.positions(),
                          width_),
      token_types_(optional_embedding(root / "text_model" / "embeddings" / "token_type_embedding",
                                      config_.token_types, width_)),
      class_embedding_(optional_vector(config_.has_class_token(), root / "text_model" / "embeddings",
                                       "class_embedding", width_)),
      embedding_norm_(optional_norm(config_.embedding_norm, root / "text_model" / "embeddings" / "layer_norm",
                                    width_, config_.encoder.epsilon)),
      encoder_(root / "text_model" / "encoder", config_.encoder, config_.mask, backend),
      final_norm_(optional_norm(config_.final_norm, root / "text_model" / "final_layer_norm", width_,
                                config_.encoder.epsilon)),
      projection_(optional_projection(root, config_, config.projection_dim, backend)),
      units_(config.projection_dim) {}

std::int64_t TextTower::pooled_position(std::span<const std::int32_t> ids) const {
  if (config_.pooling == Pooling::largest_id) return std::max_element(ids.begin(), ids.end()) - ids.begin();
  if (config_.pooling == Pooling::first) return 0;
  if (config_.pooling == Pooling::class_token) return config_.context_length;
  if (config_.pooling == Pooling::last || config_.pooling == Pooling::mean)
    return (config_.pad_id ? config_.context_length : std::ssize(ids)) - 1;
  const auto found = std::find(ids.begin(), ids.end(), static_cast<std::int32_t>(config_.eos_token_id));
  return found == ids.end() ? 0 : found - ids.begin();
}

std::span<const std::int32_t> TextTower::pooled_ids(std::span<const std::int32_t> ids) const {
  if (ids.empty() || std::ssize(ids) > config_.context_length) {
    fail(ErrorCode::range, "text",
         "has " + std::to_string(ids.size()) + " tokens, expected 1 to " +
             std::to_string(config_.context_length));
  }
  if (config_.shares_prefixes()) return ids.first(static_cast<std::size_t>(pooled_position(ids)) + 1);
  while (config_.pad_id && ids.size() > 1 && ids.back() == *config_.pad_id) ids = ids.first(ids.size() - 1);
  return ids;
}

void TextTower::embed(std::span<const std::int32_t> ids, std::int64_t first, TensorView<float> x) const {
  const std::int64_t padding = config_.position_offset - 1;  // no id if there is no offset
  const auto before = ids.first(static_cast<std::size_t>(std::min(first, std::ssize(ids))));
  std::int64_t position = config_.position_offset + first - std::ranges::count(before, padding);
  for (std::int64_t i = first; i < first + x.rows(); ++i) {
    const auto row = x.row(i - first);
    const std::int64_t id = i < std::ssize(ids) ? ids[static_cast<std::size_t>(i)] : *config_.pad_id;
    token_embedding_.lookup(id, row);
    if (token_types_) token_types_->add(0, row);
    position_embedding_.add(id == padding ? padding : position++, row);
  }
}

void TextTower::operator()(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const {
  Scratch::Frame frame(context.scratch);
  const std::span<TextIds> sorted = frame.take<TextIds>(Shape{texts.size()}).flat();
  for (std::int64_t i = 0; i < texts.size(); ++i)
    sorted[static_cast<std::size_t>(i)] = {pooled_ids(texts[i]), i};
  sort_by_ids(sorted);
  check_rows(kLayer, "embeddings", embeddings.shape(), texts.size(), units_);
  (*this)(sorted, embeddings, context);
}

std::vector<TextIds> TextTower::sorted(const TokenBatch& texts) const {
  std::vector<TextIds> result;
  for (std::int64_t i = 0; i < texts.size(); ++i) result.push_back({pooled_ids(texts[i]), i});
  sort_by_ids(result);
  return result;
}

void TextTower::operator()(std::span<const TextIds> sorted, TensorView<float> embeddings,
                           Context& context) const {
  check_rows(kLayer, "embeddings", embeddings.shape(), first_size(embeddings.shape()), units_);
  if (sorted.empty()) return;
  Scratch::Frame frame(context.scratch);
  if (config_.shares_prefixes()) return compute(PrefixTree(sorted, frame), sorted, embeddings, context);
  if (config_.has_class_token()) {
    return compute(ClassRowTexts(sorted, config_.context_length, *config_.pad_id, frame), sorted, embeddings,
                   context);
  }
  const auto pooled = [this](std::span<const std::int32_t> ids) { return pooled_position(ids); };
  compute(SeparateTexts(sorted, config_.fixed_rows(), pooled, frame), sorted, embeddings, context);
}

void TextTower::pool(TensorView<float> x, const EncoderSpans& spans, TensorView<float> pooled,
                     Context& context) const {
  if (config_.pooling != Pooling::mean) {
    // pooled_output = self.final_layer_norm(self.encoder(hidden_states))[batch, position of the end]
    encoder_(x, spans, pooled, context);
    if (final_norm_) (*final_norm_)(pooled, pooled, context);
    return;
  }
  // pooled_output = (self.encoder(hidden_states) * attention_mask).sum(1) / attention_mask.sum(1)
  encoder_(x, spans.all, context);
  if (final_norm_) (*final_norm_)(x, x, context);
  for (std::size_t i = 0; i < spans.all.size(); ++i)
    row_mean(x, spans.all[i], pooled.row(static_cast<std::int64_t>(i)));
}

template <class Rows>
void TextTower::embed_rows(const Rows& rows, TensorView<float> x) const {
  const std::span<const AttentionSpan> spans = rows.spans().all;
  for (std::size_t i = 0; i < spans.size(); ++i)
    embed(rows.texts()[i].ids, spans[i].position, x.slice_rows(spans[i].first_query, spans[i].queries));
}

void TextTower::embed_rows(const ClassRowTexts& rows, TensorView<float> x) const {
  // x = torch.cat([self.token_embedding(text), self.cls_emb], 1) + self.positional_embedding
  std::size_t text = 0;
  for (std::int64_t i = 0; i < x.rows(); ++i) {
    const std::int64_t position = rows.positions()[static_cast<std::size_t>(i)];
    if (position < config_.context_length) {
      embed(rows.texts()[text].ids, position, x.slice_rows(i, 1));
    } else {
      std::copy_n(class_embedding_->data(), width_, x.row(i).data());
      position_embedding_.add(position, x.row(i));
      ++text;
    }
  }
}

template <class Rows>
void TextTower::compute(const Rows& rows, std::span<const TextIds> sorted, TensorView<float> embeddings,
                        Context& context) const {
  Scratch::Frame frame(context.scratch);
  const TensorView<float> x = frame.take(Shape{rows.rows(), width_});
  const TensorView<float> pooled = frame.take(Shape{std::ssize(rows.texts()), width_});

  // hidden_states = token_embedding(input_ids) + token_type_embedding(0) + position_embedding(position_ids)
  embed_rows(rows, x);
  if (embedding_norm_) (*embedding_norm_)(x, x, context);
  pool(x, rows.spans(), pooled, context);

  // text_embeds = self.text_projection(pooled_output)
  const TensorView<float> projected =
      projection_ ? frame.take(Shape{pooled.rows(), embeddings.columns()}) : pooled;
  if (projection_) (*projection_)(pooled, projected, context);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const TensorView<float> row = embeddings.slice_rows(sorted[i].index, 1);
    std::ranges::copy(projected.row(rows.text_of()[i]), row.data());
  }
}

}  // namespace sightline
