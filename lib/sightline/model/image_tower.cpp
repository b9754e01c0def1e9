// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_tower.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/nn/row_mean.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "image tower";

std::optional<LayerNorm> optional_norm(bool exists, const WeightScope& scope, const EncoderConfig& config) {
  if (!exists) return std::nullopt;
  return std::optional<LayerNorm>(std::in_place, scope, config.width, config.epsilon);
}

std::optional<AttentionPooling> optional_pooling(const WeightScope& scope, const ImageTowerConfig& config,
                                                 const GemmBackend& backend) {
  if (config.pooling != Pooling::attention_map) return std::nullopt;
  return std::optional<AttentionPooling>(std::in_place, scope, config.encoder, backend);
}

}  // namespace

ImageTower::ImageTower(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend)
    : config_(config.vision),
      width_(config_.encoder.width),
      embedding_(root / "vision_model" / "embeddings", config_, backend),
      pre_norm_(optional_norm(config_.pre_norm, root / "vision_model" / "pre_layrnorm", config_.encoder)),
      encoder_(root / "vision_model" / "encoder", config_.encoder, config_.mask, backend),
      post_norm_(root / "vision_model" / "post_layernorm", width_, config_.encoder.epsilon),
      attention_pooling_(optional_pooling(root / "vision_model" / "head", config_, backend)),
      projection_(optional_projection(root, config_, config.projection_dim, backend)),
      units_(config.projection_dim),
      pixel_count_(config_.channels * config_.image_size * config_.image_size) {}

void ImageTower::operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                            Context& context) const {
  const std::int64_t images = first_size(pixels.shape());
  check_rows(kLayer, "pixels", pixels.shape(), images, pixel_count_);
  check_rows(kLayer, "embeddings", embeddings.shape(), images, units_);
  if (images == 0) return;
  Scratch::Frame frame(context.scratch);
  const TensorView<float> x = frame.take(Shape{images * tokens(), width_});

  // hidden_states = self.pre_layrnorm(self.embeddings(pixel_values))
  embedding_(pixels, x, context);
  if (pre_norm_) (*pre_norm_)(x, x, context);

  // image_embeds = self.visual_projection(pooled_output)
  if (!projection_) return pool(x, embeddings, context);
  const TensorView<float> pooled = frame.take(Shape{images, width_});
  pool(x, pooled, context);
  (*projection_)(pooled, embeddings, context);
}

void ImageTower::pool(TensorView<float> x, TensorView<float> pooled, Context& context) const {
  Scratch::Frame frame(context.scratch);
  const std::span<Sequence> sequences = frame.take<Sequence>(Shape{pooled.rows()}).flat();
  std::ranges::fill(sequences, Sequence{tokens(), 0});
  if (config_.pooling == Pooling::class_token) {
    // pooled_output = self.post_layernorm(self.encoder(hidden_states)[:, 0, :])
    encoder_(x, sequences, pooled, context);
    post_norm_(pooled, pooled, context);
    return;
  }
  // last_hidden_state = self.post_layernorm(self.encoder(hidden_states))
  encoder_(x, sequences, context);
  post_norm_(x, x, context);
  if (attention_pooling_) return (*attention_pooling_)(x, pooled, context);
  for (std::int64_t i = 0; i < pooled.rows(); ++i)
    row_mean(x, AttentionSpan{.first_row = i * tokens(), .length = tokens()}, pooled.row(i));
}

}  // namespace sightline
