// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/patch_embedding.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

std::int64_t checked_patches(const ImageTowerConfig& config) {
  if (config.patch_size < 1 || config.patch_size > config.image_size) {
    fail(ErrorCode::range, "patch_size",
         "is " + std::to_string(config.patch_size) + ", expected 1 to the image size " +
             std::to_string(config.image_size));
  }
  return config.side();
}

std::optional<VectorWeight> optional_vector(bool exists, const WeightScope& scope, std::string_view name,
                                            std::int64_t width) {
  if (!exists) return std::nullopt;
  return std::optional<VectorWeight>(std::in_place, scope.require(name, Shape{width}));
}

}  // namespace

PatchEmbedding::PatchEmbedding(const WeightScope& scope, const ImageTowerConfig& config,
                               const GemmBackend& backend)
    : image_size_(config.image_size),
      patch_size_(config.patch_size),
      channels_(config.channels),
      patches_(checked_patches(config)),
      tokens_(config.tokens()),
      width_(config.encoder.width),
      kernel_(backend.pack(
          scope.require("patch_embedding.weight", Shape{width_, channels_, patch_size_, patch_size_}))),
      bias_(optional_vector(config.patch_bias, scope, "patch_embedding.bias", width_)),
      class_embedding_(optional_vector(config.class_token, scope, "class_embedding", width_)),
      positions_(scope.require("position_embedding.weight", Shape{tokens_, width_})) {}

void PatchEmbedding::operator()(TensorView<const float> pixels, TensorView<float> x, Context& context) const {
  const std::int64_t batch = first_size(pixels.shape()), count = patches_ * patches_;
  check_rows("patch embedding", "pixels", pixels.shape(), batch, channels_ * image_size_ * image_size_);
  check_rows("patch embedding", "an output", x.shape(), batch * tokens_, width_);
  Scratch::Frame frame(context.scratch);
  const TensorView<float> rows = frame.take(Shape{batch * count, kernel_->in_features()});
  const TensorView<float> embedded = frame.take(Shape{batch * count, width_});

  // patch_embeds = self.patch_embedding(pixel_values).flatten(2).transpose(1, 2)
  context.pool.run(
      batch, [&](std::int64_t b, int) { gather_patches(pixels.row(b).data(), rows.row(b * count).data()); });
  kernel_->linear(rows, embedded, {.bias = bias_ ? bias_->data() : nullptr}, context);

  // embeddings = torch.cat([class_embeds, patch_embeds], dim=1) + self.position_embedding(self.position_ids)
  const std::int64_t first = tokens_ - count;  // that of the patches
  context.pool.run(batch, [&](std::int64_t b, int) {
    for (std::int64_t t = 0; t < tokens_; ++t) {
      const float* source = t < first ? class_embedding_->data() : embedded.row(b * count + t - first).data();
      const float* position = positions_.data() + t * width_;
      float* out = x.row(b * tokens_ + t).data();
      for (std::int64_t i = 0; i < width_; ++i) out[i] = source[i] + position[i];
    }
  });
}

// Writes one row per patch: channels, then rows, then columns of the patch, like the kernel [W, C, p, p] in
// memory.
void PatchEmbedding::gather_patches(const float* image, float* rows) const {
  for (std::int64_t py = 0; py < patches_; ++py) {
    for (std::int64_t px = 0; px < patches_; ++px) {
      for (std::int64_t channel = 0; channel < channels_; ++channel) {
        for (std::int64_t y = 0; y < patch_size_; ++y) {
          const std::int64_t line = channel * image_size_ + py * patch_size_ + y;
          rows = std::copy_n(image + line * image_size_ + px * patch_size_, patch_size_, rows);
        }
      }
    }
  }
}

}  // namespace sightline
