// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/patch_embedding.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/model/position_grid.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "patch embedding";

const ImageTowerConfig& checked(const ImageTowerConfig& config) {
  if (config.patch_size < 1 || config.patch_size > config.image_size) {
    fail(ErrorCode::range, "patch_size",
         "is " + std::to_string(config.patch_size) + ", expected 1 to the image size " +
             std::to_string(config.image_size));
  }
  return config;
}

// The positions of all patches of an image of the config's size.
Tensor resized_positions(const float* positions, const ImageTowerConfig& config) {
  const std::int64_t from = config.position_side, to = config.side(), width = config.encoder.width;
  if (from == 0) return Tensor();
  Tensor result(Shape{to * to, width}), work(Shape{from, width});
  const TensorView<const float> grid(positions, Shape{from * from, width});
  for (std::int64_t row = 0; row < to; ++row)
    resize_positions(grid, to, to, row, work.view(), result.view().slice_rows(row * to, to));
  return result;
}

}  // namespace

PatchEmbedding::PatchEmbedding(const WeightScope& scope, const ImageTowerConfig& config,
                               const GemmBackend& backend)
    : config_(checked(config)),
      width_(config.encoder.width),
      kernel_(backend.pack(scope.require("patch_embedding.weight", config.patch_kernel()))),
      bias_(optional_vector(config.patch_bias, scope, "patch_embedding.bias", width_)),
      class_embedding_(optional_vector(config.class_token, scope, "class_embedding", width_)),
      positions_(scope.require("position_embedding.weight", Shape{config.positions(), width_})),
      resized_positions_(resized_positions(positions_.data(), config)) {}

void PatchEmbedding::check_size(const ImageSize& size) const {
  const std::int64_t side = config_.image_size, patch = config_.patch_size;
  const bool whole_patches =
      size.height > 0 && size.width > 0 && size.height % patch == 0 && size.width % patch == 0;
  if (config_.is_naflex() ? whole_patches : size.height == side && size.width == side) return;
  const std::string expected = config_.is_naflex() ? "sides that are multiples of " + std::to_string(patch)
                                                   : std::to_string(side) + "x" + std::to_string(side);
  fail(ErrorCode::mismatch, "pixels",
       "are those of an image of " + std::to_string(size.width) + "x" + std::to_string(size.height) +
           ", expected " + expected);
}

PatchEmbedding::Grid PatchEmbedding::grid_of(const ImageSize& size) const {
  check_size(size);
  return {size.height / config_.patch_size, size.width / config_.patch_size, 0, 0};
}

std::int64_t PatchEmbedding::tokens(const ImageSize& size) const {
  const Grid grid = grid_of(size);
  return grid.rows * grid.columns + (class_embedding_ ? 1 : 0);
}

ImageBatch PatchEmbedding::square_images(TensorView<const float> pixels, Scratch::Frame& frame) const {
  const std::int64_t images = first_size(pixels.shape()), size = config_.image_size;
  check_rows(kLayer, "pixels", pixels.shape(), images, config_.channels * size * size);
  const auto sizes = frame.take<ImageSize>(Shape{images}).flat();
  const auto side = static_cast<std::int32_t>(size);
  std::ranges::fill(sizes, ImageSize{side, side});
  return {pixels, sizes};
}

void PatchEmbedding::operator()(TensorView<const float> pixels, TensorView<float> x, Context& context) const {
  Scratch::Frame frame(context.scratch);
  (*this)(square_images(pixels, frame), x, context);
}

void PatchEmbedding::operator()(const ImageBatch& images, TensorView<float> x, Context& context) const {
  const std::int64_t batch = std::ssize(images.sizes);
  Scratch::Frame frame(context.scratch);
  const std::span<Grid> grids = frame.take<Grid>(Shape{batch}).flat();
  std::int64_t patches = 0, tokens = 0, most_rows = 0, most_pixels = 0;
  for (std::size_t b = 0; b < grids.size(); ++b) {
    const ImageSize& size = images.sizes[b];
    grids[b] = grid_of(size);
    grids[b].first_patch = std::exchange(patches, patches + grids[b].rows * grids[b].columns);
    grids[b].first_token = std::exchange(tokens, tokens + this->tokens(size));
    most_rows = std::max(most_rows, grids[b].rows);
    most_pixels = std::max(most_pixels, config_.channels * size.height * size.width);
  }
  check_rows(kLayer, "pixels", images.pixels.shape(), batch,
             std::max(most_pixels, images.pixels.shape().last()));
  check_rows(kLayer, "an output", x.shape(), tokens, width_);
  const TensorView<float> rows = frame.take(Shape{patches, kernel_->in_features()});
  const TensorView<float> embedded = frame.take(Shape{patches, width_});

  // patch_embeds = self.patch_embedding(pixel_values).flatten(2).transpose(1, 2)
  const auto for_each_row = [&](auto&& work) {
    context.pool.run(batch * most_rows, [&](std::int64_t i, int worker) {
      const std::int64_t image = i / most_rows, row = i % most_rows;
      if (row < grids[static_cast<std::size_t>(image)].rows) work(image, row, worker);
    });
  };
  for_each_row([&](std::int64_t image, std::int64_t row, int) {
    const auto b = static_cast<std::size_t>(image);
    gather_patches(images.pixels.row(image).data(), images.sizes[b], row,
                   rows.row(grids[b].first_patch + row * grids[b].columns).data());
  });
  kernel_->linear(rows, embedded, {.bias = bias_ ? bias_->data() : nullptr}, context);

  // embeddings = torch.cat([class_embeds, patch_embeds], dim=1) + self.position_embedding(self.position_ids)
  const std::int64_t workers = config_.is_naflex() ? context.pool.size() : 0;
  const TensorView<float> work = frame.take(Shape{workers * config_.side(), width_});
  for_each_row([&](std::int64_t image, std::int64_t row, int worker) {
    const std::int64_t first = config_.is_naflex() ? worker * config_.side() : 0;
    embed_row(grids[static_cast<std::size_t>(image)], row, embedded, x,
              work.slice_rows(first, workers > 0 ? config_.side() : 0));
  });
}

// Writes one row per patch of a row of patches, with its values in their order in the kernel: [C, p, p], or
// [p, p, C] for NaFlex.
void PatchEmbedding::gather_patches(const float* image, const ImageSize& size, std::int64_t row,
                                    float* out) const {
  const std::int64_t patch = config_.patch_size, plane = std::int64_t{size.height} * size.width;
  const float* first = image + row * patch * size.width;
  for (std::int64_t left = 0; left + patch <= size.width; left += patch) {
    if (config_.has_flat_kernel()) {
      for (std::int64_t y = 0; y < patch; ++y) {
        const float* line = first + y * size.width + left;
        for (std::int64_t x = 0; x < patch; ++x) {
          for (std::int64_t channel = 0; channel < config_.channels; ++channel)
            *out++ = line[channel * plane + x];
        }
      }
      continue;
    }
    for (std::int64_t channel = 0; channel < config_.channels; ++channel) {
      for (std::int64_t y = 0; y < patch; ++y)
        out = std::copy_n(first + channel * plane + y * size.width + left, patch, out);
    }
  }
}

// The rows of x of a row of patches; the first one also writes that of the class embedding.
void PatchEmbedding::embed_row(const Grid& grid, std::int64_t row, TensorView<const float> embedded,
                               TensorView<float> x, TensorView<float> work) const {
  const std::int64_t others = class_embedding_ ? 1 : 0, first = row * grid.columns;
  const TensorView<float> out = x.slice_rows(grid.first_token + others + first, grid.columns);
  const TensorView<const float> positions(
      config_.position_side > 0 ? resized_positions_.data() : positions_.data(),
      Shape{config_.tokens(), width_});
  if (row == 0 && class_embedding_) {
    float* target = x.row(grid.first_token).data();
    for (std::int64_t i = 0; i < width_; ++i) target[i] = class_embedding_->data()[i] + positions.data()[i];
  }
  const float* position = positions.data() + (others + first) * width_;
  if (config_.is_naflex()) {
    resize_positions(positions, grid.rows, grid.columns, row, work, out);
    position = out.data();
  }
  const float* source = embedded.row(grid.first_patch + first).data();
  for (std::int64_t i = 0; i < out.elements(); ++i) out.data()[i] = source[i] + position[i];
}

}  // namespace sightline
