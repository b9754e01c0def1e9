// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_tower.h"

#include <algorithm>
#include <array>

#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::int64_t kRowsPerPass = 400;  // enough to keep the kernels busy; bounds the scratch memory
constexpr std::int64_t kMaxImages = 256;
constexpr std::string_view kLayer = "image tower";

}  // namespace

ImageTower::ImageTower(const WeightScope& root, const CLIPConfig& config, const GemmBackend& backend)
    : embedding_(root / "vision_model" / "embeddings", config.vision, backend),
      pre_norm_(root / "vision_model" / "pre_layrnorm", config.vision.encoder.width,
                config.vision.encoder.epsilon),
      encoder_(root / "vision_model" / "encoder", config.vision.encoder, Mask::none, backend),
      post_norm_(root / "vision_model" / "post_layernorm", config.vision.encoder.width,
                 config.vision.encoder.epsilon),
      projection_(root / "visual_projection",
                  {.in = config.vision.encoder.width, .units = config.projection_dim, .bias = Bias::no},
                  backend),
      pixel_count_(config.vision.channels * config.vision.image_size * config.vision.image_size) {}

void ImageTower::operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                            Context& context) const {
  const std::int64_t images = first_size(pixels.shape());
  check_rows(kLayer, "pixels", pixels.shape(), images, pixel_count_);
  check_rows(kLayer, "embeddings", embeddings.shape(), images, projection_.units());
  const std::int64_t max_images = std::clamp<std::int64_t>(kRowsPerPass / tokens(), 1, kMaxImages);
  for (std::int64_t begin = 0; begin < pixels.rows(); begin += max_images) {
    const std::int64_t count = std::min(max_images, pixels.rows() - begin);
    encode(pixels.slice_rows(begin, count), embeddings.slice_rows(begin, count), context);
  }
}

void ImageTower::encode(TensorView<const float> pixels, TensorView<float> embeddings,
                        Context& context) const {
  const std::int64_t batch = pixels.rows(), width = pre_norm_.width();
  Scratch::Frame frame(context.scratch);
  const TensorView<float> x = frame.take(Shape{batch * tokens(), width});
  const TensorView<float> pooled = frame.take(Shape{batch, width});

  // hidden_states = self.pre_layrnorm(self.embeddings(pixel_values))
  embedding_(pixels, x, context);
  pre_norm_(x, x);

  // pooled_output = self.post_layernorm(self.encoder(hidden_states)[:, 0, :])
  std::array<Sequence, kMaxImages> sequences;
  std::fill_n(sequences.begin(), batch, Sequence{tokens(), 0});
  encoder_(x, {sequences.data(), static_cast<std::size_t>(batch)}, pooled, context);
  post_norm_(pooled, pooled);

  // image_embeds = self.visual_projection(pooled_output)
  projection_(pooled, embeddings, context);
}

}  // namespace sightline
