// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_tower.h"

#include <algorithm>

#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "image tower";

std::optional<LayerNorm> optional_norm(bool exists, const WeightScope& scope, const EncoderConfig& config) {
  if (!exists) return std::nullopt;
  return std::optional<LayerNorm>(std::in_place, scope, config.width, config.epsilon);
}

}  // namespace

ImageTower::ImageTower(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend)
    : embedding_(root / "vision_model" / "embeddings", config.vision, backend),
      pre_norm_(optional_norm(config.vision.pre_norm, root / "vision_model" / "pre_layrnorm",
                              config.vision.encoder)),
      encoder_(root / "vision_model" / "encoder", config.vision.encoder, config.vision.mask, backend),
      post_norm_(root / "vision_model" / "post_layernorm", config.vision.encoder.width,
                 config.vision.encoder.epsilon),
      projection_(root / config.vision.projection.name,
                  {.in = config.vision.encoder.width,
                   .units = config.projection_dim,
                   .bias = config.vision.projection.bias ? Bias::yes : Bias::no},
                  backend),
      width_(config.vision.encoder.width),
      pixel_count_(config.vision.channels * config.vision.image_size * config.vision.image_size) {}

void ImageTower::operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                            Context& context) const {
  const std::int64_t images = first_size(pixels.shape());
  check_rows(kLayer, "pixels", pixels.shape(), images, pixel_count_);
  check_rows(kLayer, "embeddings", embeddings.shape(), images, projection_.units());
  if (images == 0) return;
  Scratch::Frame frame(context.scratch);
  const TensorView<float> x = frame.take(Shape{images * tokens(), width_});
  const TensorView<float> pooled = frame.take(Shape{images, width_});

  // hidden_states = self.pre_layrnorm(self.embeddings(pixel_values))
  embedding_(pixels, x, context);
  if (pre_norm_) (*pre_norm_)(x, x, context);

  // pooled_output = self.post_layernorm(self.encoder(hidden_states)[:, 0, :])
  const std::span<Sequence> sequences = frame.take<Sequence>(Shape{images}).flat();
  std::ranges::fill(sequences, Sequence{tokens(), 0});
  encoder_(x, sequences, pooled, context);
  post_norm_(pooled, pooled, context);

  // image_embeds = self.visual_projection(pooled_output)
  projection_(pooled, embeddings, context);
}

}  // namespace sightline
