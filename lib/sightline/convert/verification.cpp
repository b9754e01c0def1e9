// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/verification.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sightline/weights/conversion_check.h"

namespace sightline {
namespace {

constexpr std::int64_t kImages = 2, kTexts = 4;

/// Pseudorandom numbers that are the same on every platform (SplitMix64, Steele et al. 2014).
class Noise {
 public:
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
  }
  float value() { return static_cast<float>(next() >> 40) * 0x1p-22F - 2.0F; }  // [-2, 2)

 private:
  std::uint64_t state_ = 1;
};

/// Texts of ids that exist in every vocabulary of this size. The last id ends the text under both pooling
/// rules.
TokenBatch probe_texts(const CLIPTextConfig& config, Noise& noise) {
  const std::int64_t end = config.eos_token_id == 2
                               ? config.vocabulary_size - 1
                               : std::min(config.eos_token_id, config.vocabulary_size - 1);
  TokenBatch batch;
  for (std::int64_t text = 0; text < kTexts; ++text) {
    const std::int64_t length = std::min(config.context_length, 3 + 5 * text);
    std::vector<std::int32_t> ids;
    for (std::int64_t i = 0; i + 1 < length; ++i) {
      ids.push_back(static_cast<std::int32_t>(noise.next() %
                                              static_cast<std::uint64_t>(std::max<std::int64_t>(1, end))));
    }
    ids.push_back(static_cast<std::int32_t>(end));
    batch.add(ids);
  }
  return batch;
}

std::vector<float> probe_pixels(const CLIPVisionConfig& config, Noise& noise) {
  std::vector<float> pixels(
      static_cast<std::size_t>(kImages * config.channels * config.image_size * config.image_size));
  for (float& value : pixels) value = noise.value();
  return pixels;
}

/// The normalised embeddings of all probes.
std::vector<float> embed(const Model& model, const std::vector<float>& pixels, const TokenBatch& texts,
                         Context& context) {
  const std::int64_t width = model.embedding_size();
  std::vector<float> rows(static_cast<std::size_t>((kImages + kTexts) * width));
  model.encode_images({pixels.data(), Shape{kImages, static_cast<std::int64_t>(pixels.size()) / kImages}},
                      {rows.data(), Shape{kImages, width}}, context);
  model.encode_texts(texts, {rows.data() + kImages * width, Shape{kTexts, width}}, context);
  l2_normalize({rows.data(), Shape{kImages + kTexts, width}});
  return rows;
}

}  // namespace

Verification verify(const Model& source, const Model& target, Context& context) {
  Noise noise;
  const std::vector<float> pixels = probe_pixels(source.config().vision, noise);
  const TokenBatch texts = probe_texts(source.config().text, noise);
  const std::vector<float> expected = embed(source, pixels, texts, context);
  const std::vector<float> actual = embed(target, pixels, texts, context);
  Verification result{.tensors = static_cast<std::int64_t>(target.checkpoint().size()),
                      .different = find_difference(source.checkpoint(), target.checkpoint(), context.pool),
                      .images = kImages,
                      .texts = kTexts};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    result.largest = std::max(result.largest, std::abs(expected[i] - actual[i]));
  }
  return result;
}

}  // namespace sightline
