// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_model.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/model/config_section.h"
#include "sightline/model/model.h"
#include "sightline/model/pass_plan.h"
#include "sightline/model/passes.h"
#include "sightline/ops/gemm_precision.h"

namespace sightline {
namespace {

std::optional<PixelRule> rule_of(Preprocess preprocess) {
  switch (preprocess) {
    case Preprocess::automatic:
      break;
    case Preprocess::hf:
      return PixelRule::hf;
    case Preprocess::openai:
      return PixelRule::openai;
    case Preprocess::torchvision:
      return PixelRule::torchvision;
  }
  return std::nullopt;
}

ModelSettings settings_of(const CLIPOptions& options) {
  ModelSettings settings;
  // An error here does not blame the model.
  settings.backend = gemm_backend(options.backend, options.dtype).name();
  settings.dtype = options.dtype;
  settings.pixel_rule = rule_of(options.preprocess);
  settings.exif = options.exif;
  settings.lenient = options.lenient;
  settings.max_patches = options.max_patches;
  return settings;
}

bool is_patched(std::int64_t side, std::int64_t patch) {
  return side > 0 && side % patch == 0 && side <= kMaxPatches * patch;
}

}  // namespace

struct CLIP::State {
  State(const std::string& name_or_path, const CLIPOptions& options)
      : passes(options.threads), model(Model::open(name_or_path, settings_of(options))) {}

  // All threads of a pass share its products, so one pass runs at a time.
  PassPlan plan() const { return plan_passes(model->config(), 0); }

  Passes passes;
  std::unique_ptr<Model> model;
  CLIPProcessor processor{model->processor()};
};

CLIP::CLIP(std::unique_ptr<State> state) : state_(std::move(state)) {}
CLIP::~CLIP() = default;

std::unique_ptr<CLIP> CLIP::from_preset(const std::string& name_or_path, const CLIPOptions& options) {
  return std::unique_ptr<CLIP>(new CLIP(std::make_unique<State>(name_or_path, options)));
}

const CLIPProcessor& CLIP::processor() const { return state_->processor; }
std::int64_t CLIP::embedding_size() const { return state_->model->embedding_size(); }
float CLIP::logit_scale() const { return state_->model->head().logit_scale(); }
std::optional<float> CLIP::logit_bias() const { return state_->model->head().logit_bias(); }

Tensor CLIP::encode_images(TensorView<const float> pixels) const {
  (void)state_->model->image_tower();
  const Shape& shape = pixels.shape();
  const std::int64_t side = state_->model->processor().image_size(),
                     patch = state_->model->config().vision.patch_size;
  const bool fixed = side > 0;
  if (shape.rank() != 4 || shape[1] != 3 ||
      (fixed ? shape[2] != side || shape[3] != side
             : !is_patched(shape[2], patch) || !is_patched(shape[3], patch))) {
    const std::string sides = fixed ? std::to_string(side) + ", " + std::to_string(side)
                                    : "multiples of " + std::to_string(patch) + " twice";
    fail(ErrorCode::mismatch, "pixels",
         "have shape " + to_string(shape) + ", expected [images, 3, " + sides + "]");
  }
  const std::span<const float> values = pixels.flat();
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
    fail(ErrorCode::range, "pixels", "hold a value that is not finite");
  Tensor embeddings(Shape{shape[0], embedding_size()});
  Passes::Pass pass(state_->passes);
  const TensorView<const float> rows = pixels.reshaped(Shape{shape[0], 3 * shape[2] * shape[3]});
  const std::int64_t step = images_per_pass(state_->plan(), shape[0]);
  const ImageSize size{static_cast<std::int32_t>(shape[2]), static_cast<std::int32_t>(shape[3])};
  const std::vector<ImageSize> sizes(static_cast<std::size_t>(std::min(step, shape[0])), size);
  for (std::int64_t begin = 0; begin < shape[0]; begin += step) {
    const std::int64_t count = std::min(step, shape[0] - begin);
    const ImageBatch images{rows.slice_rows(begin, count),
                            std::span(sizes).first(static_cast<std::size_t>(count))};
    state_->model->encode_images(images, embeddings.view().slice_rows(begin, count), pass.context());
  }
  return embeddings;
}

Tensor CLIP::encode_texts(const TokenBatch& texts) const {
  Tensor embeddings(Shape{texts.size(), embedding_size()});
  Passes::Pass pass(state_->passes);
  const std::vector<TextIds> sorted = state_->model->text_tower().sorted(texts);
  for (const std::span<const TextIds> part : divide_texts(sorted, state_->plan()))
    state_->model->encode_texts(part, embeddings.view(), pass.context());
  return embeddings;
}

}  // namespace sightline
