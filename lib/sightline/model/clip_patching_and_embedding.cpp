// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_patching_and_embedding.h"

#include <algorithm>

namespace sightline {

CLIPPatchingAndEmbedding::CLIPPatchingAndEmbedding(const WeightScope& scope, const CLIPVisionConfig& config,
                                                   const GemmBackend& backend)
    : Layer("clip_patching_and_embedding"),
      image_size_(config.image_size),
      patch_size_(config.patch_size),
      channels_(config.channels),
      patches_(config.image_size / config.patch_size),
      width_(config.encoder.width),
      backend_(backend),
      kernel_(backend.pack(add_weight(scope / "patch_embedding", "weight",
                                      Shape{width_, config.channels, patch_size_, patch_size_}))),
      class_embedding_(add_weight(scope, "class_embedding", Shape{width_})),
      positions_(add_weight(scope / "position_embedding", "weight", Shape{tokens(), width_})) {}

void CLIPPatchingAndEmbedding::operator()(TensorView<const float> pixels, TensorView<float> x,
                                          Context& context) const {
  const std::int64_t batch = pixels.rows(), count = patches_ * patches_;
  Scratch::Frame frame(context.scratch);
  const TensorView<float> rows = frame.take(Shape{batch * count, kernel_->in_features()});
  const TensorView<float> embedded = frame.take(Shape{batch * count, width_});

  // patch_embeds = self.patch_embedding(pixel_values).flatten(2).transpose(1, 2)
  context.pool.run(
      batch, [&](std::int64_t b, int) { gather_patches(pixels.row(b).data(), rows.row(b * count).data()); });
  kernel_->linear(rows, embedded, {}, context);

  // embeddings = torch.cat([class_embeds, patch_embeds], dim=1) + self.position_embedding(self.position_ids)
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t t = 0; t < tokens(); ++t) {
      const float* source = t == 0 ? class_embedding_.data() : embedded.row(b * count + t - 1).data();
      const float* position = positions_.data() + t * width_;
      float* out = x.row(b * tokens() + t).data();
      for (std::int64_t i = 0; i < width_; ++i) out[i] = source[i] + position[i];
    }
  }
}

void CLIPPatchingAndEmbedding::weights_changed() {
  const std::vector<const Variable*> own = own_weights();
  kernel_ = backend_.pack(own[0]->tensor());
  class_embedding_ = VectorWeight(own[1]->tensor());
  positions_ = VectorWeight(own[2]->tensor());
}

// One row a patch: channels, then rows, then columns of the patch, as the kernel [W, C, p, p] lies in memory.
void CLIPPatchingAndEmbedding::gather_patches(const float* picture, float* rows) const {
  for (std::int64_t py = 0; py < patches_; ++py) {
    for (std::int64_t px = 0; px < patches_; ++px) {
      for (std::int64_t channel = 0; channel < channels_; ++channel) {
        for (std::int64_t y = 0; y < patch_size_; ++y) {
          const std::int64_t line = channel * image_size_ + py * patch_size_ + y;
          rows = std::copy_n(picture + line * image_size_ + px * patch_size_, patch_size_, rows);
        }
      }
    }
  }
}

}  // namespace sightline
