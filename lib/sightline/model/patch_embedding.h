// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "sightline/model/config.h"
#include "sightline/model/image_batch.h"
#include "sightline/nn/vector_weight.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Splits images into patches, projects each (a convolution whose stride is its kernel size), prepends the
/// class embedding and adds the position embedding, which NaFlex resizes to the patches of each image.
/// Weights: `patch_embedding.weight` [W, C, p, p] (NaFlex: [W, p * p * C]) and, if the config has them,
/// `patch_embedding.bias` [W] and `class_embedding` [W]; `position_embedding.weight` [positions, W].
/// Source:  transformers `CLIPVisionEmbeddings`, `SiglipVisionEmbeddings`, `Siglip2VisionEmbeddings`; timm
/// `NaFlexEmbeds`.
class PatchEmbedding {
 public:
  PatchEmbedding(const WeightScope& scope, const ImageTowerConfig& config, const GemmBackend& backend);

  /// Number of rows of an image. Errors: mismatch if the tower does not take images of this size.
  std::int64_t tokens(const ImageSize& size) const;
  /// Shapes:  x [sum of tokens, W], the images one after another. Errors: mismatch for other shapes, and for
  /// sizes that the tower does not take or that exceed the pixels.
  void operator()(const ImageBatch& images, TensorView<float> x, Context& context) const;
  /// The same for `square_images` of pixels.
  void operator()(TensorView<const float> pixels, TensorView<float> x, Context& context) const;
  /// Pixels [B, C * H * W] as images of the config's size. Errors: mismatch for another shape.
  ImageBatch square_images(TensorView<const float> pixels, Scratch::Frame& frame) const;

 private:
  // The patches of an image, and its first rows among all patches and all tokens.
  struct Grid {
    std::int64_t rows, columns, first_patch, first_token;
  };
  Grid grid_of(const ImageSize& size) const;
  void check_size(const ImageSize& size) const;
  void gather_patches(const float* image, const ImageSize& size, std::int64_t row, float* out) const;
  void embed_row(const Grid& grid, std::int64_t row, TensorView<const float> embedded, TensorView<float> x,
                 TensorView<float> work) const;

  ImageTowerConfig config_;
  std::int64_t width_;
  std::unique_ptr<PackedMatrix> kernel_;
  std::optional<VectorWeight> bias_, class_embedding_;
  VectorWeight positions_;
  Tensor resized_positions_;  // those of `position_side`, for images of the config's size
};

}  // namespace sightline
