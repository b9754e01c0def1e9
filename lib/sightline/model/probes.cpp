// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/probes.h"

#include <algorithm>
#include <array>
#include <vector>

#include "sightline/model/head.h"

namespace sightline {
namespace {

/// Pseudorandom numbers that are the same on every platform (SplitMix64, Steele et al. 2014).
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
  }
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(std::max<std::int64_t>(1, limit)));
  }
  float value() { return static_cast<float>(next() >> 40) * 0x1p-23F - 1.0F; }  // [-1, 1)

 private:
  std::uint64_t state_;
};

/// One image [C, side, side].
class ProbeImage {
 public:
  ProbeImage(std::span<float> pixels, std::int64_t channels, Noise& noise)
      : pixels_(pixels), channels_(channels), area_(std::ssize(pixels) / channels), noise_(noise) {
    while ((side_ + 1) * (side_ + 1) <= area_) ++side_;
  }

  void fill(float brightness) {
    for (std::int64_t c = 0; c < channels_; ++c)
      std::fill_n(pixels_.begin() + c * area_, area_, brightness + noise_.value() * 0.2F);
  }

  // A texture with the same energy at all scales, as photographs have it, the same in all channels.
  void add_texture(float strength) {
    for (std::int64_t cell = std::max<std::int64_t>(1, side_ / 2); cell > 1; cell /= 2)
      add_waves(cell, strength);
  }

  // A rectangle or an ellipse of one colour, anywhere.
  void add_shape() {
    const std::int64_t width = 1 + side_ / 16 + noise_.below(side_ / 2),
                       height = 1 + side_ / 16 + noise_.below(side_ / 2);
    const std::int64_t left = noise_.below(side_ - width), top = noise_.below(side_ - height);
    const bool ellipse = noise_.below(2) == 1;
    for (std::int64_t c = 0; c < channels_; ++c) {
      const float color = noise_.value() * 2;
      for (std::int64_t y = 0; y < std::min(height, side_ - top); ++y) {
        for (std::int64_t x = 0; x < std::min(width, side_ - left); ++x) {
          const float u = static_cast<float>(2 * x + 1) / static_cast<float>(width) - 1,
                      v = static_cast<float>(2 * y + 1) / static_cast<float>(height) - 1;
          if (!ellipse || u * u + v * v <= 1) pixels_[index(c, top + y, left + x)] = color;
        }
      }
    }
  }

 private:
  std::size_t index(std::int64_t c, std::int64_t y, std::int64_t x) const {
    return static_cast<std::size_t>(c * area_ + y * side_ + x);
  }

  // Random values at the corners of cells, and linear ones between them.
  void add_waves(std::int64_t cell, float strength) {
    const std::int64_t corners = side_ / cell + 2;
    std::vector<float> grid(static_cast<std::size_t>(corners * corners));
    for (float& value : grid) value = noise_.value() * strength;
    for (std::int64_t y = 0; y < side_; ++y) {
      const float v = static_cast<float>(y % cell) / static_cast<float>(cell);
      for (std::int64_t x = 0; x < side_; ++x) {
        const float u = static_cast<float>(x % cell) / static_cast<float>(cell);
        const float* corner = grid.data() + y / cell * corners + x / cell;
        const float top = corner[0] + u * (corner[1] - corner[0]),
                    bottom = corner[corners] + u * (corner[corners + 1] - corner[corners]);
        for (std::int64_t c = 0; c < channels_; ++c) pixels_[index(c, y, x)] += top + v * (bottom - top);
      }
    }
  }

  std::span<float> pixels_;
  std::int64_t channels_, area_, side_ = 0;
  Noise& noise_;
};

void draw(std::int64_t kind, ProbeImage& image) {
  struct Recipe {
    float brightness, strength;
    int shapes;
  };
  constexpr std::array kRecipes = {Recipe{0, 0.5F, 6}, Recipe{1.8F, 0, 8}, Recipe{-0.5F, 0.8F, 0},
                                   Recipe{-1.5F, 0.2F, 4}};
  const Recipe& recipe = kRecipes[static_cast<std::size_t>(kind) % kRecipes.size()];
  image.fill(recipe.brightness);
  if (recipe.strength > 0) image.add_texture(recipe.strength);
  for (int i = 0; i < recipe.shapes; ++i) image.add_shape();
}

/// Ids that exist in every vocabulary of this size. The last id ends the text under both pooling rules; the
/// one before it in the vocabulary, which starts a text by convention, is the first.
std::vector<std::int32_t> probe_text(const TextTowerConfig& config, std::int64_t length, Noise& noise) {
  const std::int64_t last = config.vocabulary_size - 1;
  const std::int64_t end = config.pooling == Pooling::largest_id ? last : std::min(config.eos_token_id, last);
  std::vector<std::int32_t> ids = {static_cast<std::int32_t>(std::max<std::int64_t>(0, end - 1))};
  while (std::ssize(ids) + 1 < length)
    ids.push_back(static_cast<std::int32_t>(noise.below(1 + noise.below(end))));
  if (length > 1) ids.push_back(static_cast<std::int32_t>(end));
  return ids;
}

}  // namespace

Probes make_probes(const ModelConfig& config, std::int64_t images, std::int64_t texts, std::uint64_t seed) {
  constexpr float kLowest = -1.9F, kHighest = 2.1F;  // about what black and white are normalised to
  constexpr std::array<std::int64_t, 8> kLengths = {3, 8, 13, 18, 6, 10, 32, 77};
  const ImageTowerConfig& vision = config.vision;
  if (!config.has_vision) images = 0;
  if (!config.has_text) texts = 0;
  Noise noise(seed);
  Probes probes{Tensor(Shape{images, vision.channels * vision.image_size * vision.image_size}), {}};
  for (std::int64_t i = 0; i < images; ++i) {
    ProbeImage image(probes.pixels.view().row(i), vision.channels, noise);
    draw(i, image);
  }
  for (float& value : probes.pixels.view().flat()) value = std::clamp(value, kLowest, kHighest);
  for (std::int64_t i = 0; i < texts; ++i) {
    const std::int64_t length = kLengths[static_cast<std::size_t>(i) % kLengths.size()];
    probes.texts.add(probe_text(config.text, std::min(config.text.context_length, length), noise));
  }
  return probes;
}

Tensor embed(const Probes& probes, const Towers& towers, std::int64_t embedding_size, Context& context) {
  const std::int64_t images = probes.pixels.shape()[0], texts = probes.texts.size();
  Tensor rows(Shape{images + texts, embedding_size});
  if (towers.image) (*towers.image)(probes.pixels, rows.view().slice_rows(0, images), context);
  if (towers.text) (*towers.text)(probes.texts, rows.view().slice_rows(images, texts), context);
  l2_normalize(rows.view());
  return rows;
}

}  // namespace sightline
