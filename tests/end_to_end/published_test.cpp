// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>
#include <optional>

#include "end_to_end/nano.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

// Known answers with the published weights of openai/clip-vit-base-patch32. They run when
// SIGHTLINE_TEST_MODEL names its folder, and those with images when SIGHTLINE_TEST_IMAGES names a folder
// with 000000039769.jpg (COCO val2017) and CLIP.png (github.com/openai/CLIP). Otherwise they say that they
// were skipped.
namespace {

std::optional<std::string> setting(const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr && *value != '\0') return std::string(value);
  skip(std::string(name) + " is not set");
  return std::nullopt;
}

std::unique_ptr<Model> published_model(const ModelSettings& options = {}) {
  const std::optional<std::string> folder = setting("SIGHTLINE_TEST_MODEL");
  if (!folder) return nullptr;
  auto clip = Model::open(*folder, options);
  REQUIRE(clip->config().vision.encoder.width == 768);  // the answers below are those of ViT-B/32
  REQUIRE(clip->config().vision.patch_size == 32);
  return clip;
}

double logit_scale(const Model& clip) {
  const StoredTensor* stored = clip.checkpoint().find("logit_scale");
  REQUIRE(stored != nullptr);
  return std::exp(static_cast<double>(to_float(*stored).data()[0]));
}

/// Logits of one image's pixels and some texts.
std::vector<double> logits(const Model& clip, const Tensor& pixels, const TokenBatch& texts) {
  Workspace workspace(2);
  const std::vector<float> image = normalized(image_features(clip, pixels.view(), workspace));
  const std::vector<float> captions = normalized(text_features(clip, texts, workspace));
  std::vector<double> out;
  for (std::size_t begin = 0; begin < captions.size(); begin += image.size()) {
    double cosine = 0;
    for (std::size_t i = 0; i < image.size(); ++i) {
      cosine += static_cast<double>(image[i]) * static_cast<double>(captions[begin + i]);
    }
    out.push_back(logit_scale(clip) * cosine);
  }
  return out;
}

}  // namespace

TEST_CASE("published: all-ones pixels and ids give 17.8013", "[end_to_end][golden][published]") {
  const auto clip = published_model();
  if (!clip) return;
  Tensor pixels(Shape{1, clip->processor().pixel_count()});
  for (float& value : pixels.view().flat()) value = 1.0F;
  TokenBatch texts;
  texts.add(std::vector<std::int32_t>(77, 1));
  // KerasCV's own test, computed with transformers; four decimals are given.
  CHECK(std::abs(logits(*clip, pixels, texts).at(0) - 17.8013) < 5e-4);
}

TEST_CASE("published: two cats on a sofa give 24.5701 and 19.3049", "[end_to_end][golden][published]") {
  const auto clip = published_model();
  const std::optional<std::string> images = clip ? setting("SIGHTLINE_TEST_IMAGES") : std::nullopt;
  if (!images) return;
  const Tensor pixels = pixels_of(*clip, {*images + "/000000039769.jpg"});
  const std::vector<double> out =
      logits(*clip, pixels, tokens_of(*clip, {"a photo of a cat", "a photo of a dog"}));
  // transformers' integration test, with its tolerance
  CHECK(std::abs(out.at(0) - 24.5701) < 1e-3);
  CHECK(std::abs(out.at(1) - 19.3049) < 1e-3);
}

TEST_CASE("published: CLIP.png is a diagram with 0.9928", "[end_to_end][golden][published]") {
  ModelSettings options;
  options.pixel_rule = PixelRule::openai;
  const auto clip = published_model(options);
  const std::optional<std::string> images = clip ? setting("SIGHTLINE_TEST_IMAGES") : std::nullopt;
  if (!images) return;
  const Tensor pixels = pixels_of(*clip, {*images + "/CLIP.png"});
  const std::vector<double> out = logits(*clip, pixels, tokens_of(*clip, {"a diagram", "a dog", "a cat"}));
  double sum = 0;
  for (const double logit : out) sum += std::exp(logit - out.front());
  // openai/CLIP README, computed in half precision: 2e-3
  CHECK(std::abs(1.0 / sum - 0.9927937) < 2e-3);
  CHECK(std::abs(std::exp(out.at(1) - out.front()) / sum - 0.00421068) < 2e-3);
  CHECK(std::abs(std::exp(out.at(2) - out.front()) / sum - 0.00299572) < 2e-3);
}
