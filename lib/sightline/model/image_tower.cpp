// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_tower.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/nn/row_mean.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "image tower";

std::optional<AttentionPooling> optional_pooling(const WeightScope& scope, const ImageTowerConfig& config,
                                                 const GemmBackend& backend) {
  if (!config.pools_by_attention()) return std::nullopt;
  return std::optional<AttentionPooling>(std::in_place, scope, config.attention_pooling(), backend);
}

std::shared_ptr<const RotaryTable> rotary_table(const ImageTowerConfig& config) {
  if (!config.rotary) return nullptr;
  const std::int64_t head_width =
      config.encoder.width / checked_heads(config.encoder.width, config.encoder.heads);
  return std::make_shared<const RotaryTable>(*config.rotary, config.side(), config.class_token ? 1 : 0,
                                             head_width);
}

}  // namespace

ImageTower::ImageTower(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend)
    : config_(config.vision),
      width_(config_.encoder.width),
      embedding_(root / "vision_model" / "embeddings", config_, backend),
      pre_norm_(optional_norm(config_.pre_norm, root / "vision_model" / "pre_layrnorm", width_,
                              config_.encoder.epsilon)),
      encoder_(root / "vision_model" / "encoder", config_.encoder, config_.mask, backend,
               rotary_table(config_)),
      post_norm_(root / "vision_model" / "post_layernorm",
                 config_.final_norm_after_pool ? config_.pooled_width() : width_, config_.encoder.epsilon),
      attention_pooling_(optional_pooling(root / "vision_model" / "head", config_, backend)),
      projection_(optional_projection(root, config_, config.projection_dim, backend)),
      units_(config.projection_dim) {}

void ImageTower::operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                            Context& context) const {
  Scratch::Frame frame(context.scratch);
  (*this)(embedding_.square_images(pixels, frame), embeddings, context);
}

void ImageTower::operator()(const ImageBatch& images, TensorView<float> embeddings, Context& context) const {
  const std::int64_t count = std::ssize(images.sizes);
  check_rows(kLayer, "embeddings", embeddings.shape(), count, units_);
  if (count == 0) return;
  Scratch::Frame frame(context.scratch);
  const std::span<Sequence> sequences = frame.take<Sequence>(Shape{count}).flat();
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    sequences[i] = {embedding_.tokens(images.sizes[i]), 0};
    rows += sequences[i].length;
  }
  const TensorView<float> x = frame.take(Shape{rows, width_});

  // hidden_states = self.pre_layrnorm(self.embeddings(pixel_values))
  embedding_(images, x, context);
  if (pre_norm_) (*pre_norm_)(x, x, context);

  // image_embeds = self.visual_projection(pooled_output)
  if (!projection_) return pool(x, sequences, embeddings, context);
  const TensorView<float> pooled = frame.take(Shape{count, config_.pooled_width()});
  pool(x, sequences, pooled, context);
  (*projection_)(pooled, embeddings, context);
}

void ImageTower::pool(TensorView<float> x, std::span<const Sequence> sequences, TensorView<float> pooled,
                      Context& context) const {
  if (config_.pooling == Pooling::class_token) {
    // pooled_output = self.post_layernorm(self.encoder(hidden_states)[:, 0, :])
    encoder_(x, sequences, pooled, context);
    post_norm_(pooled, pooled, context);
    return;
  }
  // last_hidden_state = self.post_layernorm(self.encoder(hidden_states))
  encoder_(x, sequences, context);
  if (!config_.final_norm_after_pool) post_norm_(x, x, context);
  if (attention_pooling_) {
    (*attention_pooling_)(x, sequences, pooled, context);
  } else {
    pool_mean(x, sequences, pooled);
  }
  if (config_.final_norm_after_pool) post_norm_(pooled, pooled, context);
}

void ImageTower::pool_mean(TensorView<const float> x, std::span<const Sequence> sequences,
                           TensorView<float> pooled) const {
  const std::int64_t skipped = config_.class_token ? 1 : 0;
  std::int64_t first = 0;
  for (std::int64_t i = 0; i < pooled.rows(); ++i) {
    const std::int64_t length = sequences[static_cast<std::size_t>(i)].length;
    row_mean(x, AttentionSpan{.first_row = first + skipped, .length = length - skipped}, pooled.row(i));
    first += length;
  }
}

}  // namespace sightline
