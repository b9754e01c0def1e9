// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_patching_and_embedding.h"

#include "sightline/base/error.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/pass.h"
#include "sightline/model/config.h"
#include "sightline/model/config_section.h"
#include "sightline/model/patch_embedding.h"

namespace sightline::keras {
namespace {

constexpr std::int64_t kChannels = 3;

ImageTowerConfig config_of(const CLIPPatchingAndEmbedding::Arguments& arguments) {
  ImageTowerConfig config;
  config.encoder.width = arguments.width;
  config.image_size = arguments.input_resolution;
  config.patch_size = arguments.patch_size;
  config.channels = kChannels;
  return config;
}

const CLIPPatchingAndEmbedding::Arguments& checked(const CLIPPatchingAndEmbedding::Arguments& arguments) {
  at_least_one(arguments.width, "width", kMaxWidth);
  at_least_one(arguments.patch_size, "patch_size");
  at_least_one(arguments.output_dim, "output_dim", kMaxWidth);
  at_least_one(arguments.input_resolution, "input_resolution", kMaxImage);
  if (arguments.patch_size > arguments.input_resolution) {
    fail(ErrorCode::range, "patch_size",
         "is " + std::to_string(arguments.patch_size) + ", expected 1 to the image's " +
             std::to_string(arguments.input_resolution));
  }
  return arguments;
}

}  // namespace

/// The convolution, which has a place of its own among KerasCV's weights. Only the layer around it computes.
class CLIPPatchingAndEmbedding::PatchKernel : public Layer {
 public:
  PatchKernel(const Arguments& arguments, const WeightScope& scope)
      : Layer("Conv2D", named("patch_embed.embedding")), arguments_(arguments) {
    kernel_ = &add_stored_weight(
        scope, "weight", Shape{arguments.width, kChannels, arguments.patch_size, arguments.patch_size},
        "kernel");
    Layer::build(Shape{-1, kChannels, arguments.input_resolution, arguments.input_resolution});
  }
  Shape compute_output_shape(const Shape& input_shape) const override {
    const std::int64_t side = arguments_.input_resolution / arguments_.patch_size;
    return Shape{input_shape[0], arguments_.width, side, side};
  }
  const Variable& kernel() const { return *kernel_; }

 private:
  Arguments arguments_;
  Variable* kernel_;
};

struct CLIPPatchingAndEmbedding::Compute {
  EngineObject<PatchEmbedding> embedding;
};

CLIPPatchingAndEmbedding::CLIPPatchingAndEmbedding(const Arguments& arguments, const LayerOptions& options)
    : CLIPPatchingAndEmbedding(checked(arguments), options, WeightScope(initial_weights(1, 1, {}))) {}

CLIPPatchingAndEmbedding::CLIPPatchingAndEmbedding(const Arguments& arguments, const LayerOptions& options,
                                                   const WeightScope& scope)
    : Layer("CLIPPatchingAndEmbedding", float32_only(options, "clip_patching_and_embedding")),
      arguments_(checked(arguments)),
      class_embedding_(&add_stored_weight(scope, "class_embedding", Shape{arguments_.width},
                                          "patch_embed.class_embedding")),
      positional_embedding_(&add_stored_weight(scope / "position_embedding", "weight",
                                               Shape{tokens(), arguments_.width},
                                               "patch_embed.positional_embedding")),
      kernel_(std::make_unique<PatchKernel>(arguments_, scope / "patch_embedding")),
      compute_(std::make_unique<Compute>()) {
  add_sublayer(*kernel_);
  const std::int64_t side = arguments_.input_resolution;
  set_input_spec(InputSpec{.ndim = 4, .axes = {{1, kChannels}, {2, side}, {3, side}}});
  Layer::build(Shape{-1, kChannels, side, side});
  if (!options.trainable) set_trainable(false);
}

CLIPPatchingAndEmbedding::~CLIPPatchingAndEmbedding() = default;

std::unique_ptr<CLIPPatchingAndEmbedding> CLIPPatchingAndEmbedding::from_config(const LayerConfig& config) {
  check_arguments(config, {"width", "patch_size", "input_resolution", "output_dim"});
  return std::make_unique<CLIPPatchingAndEmbedding>(
      Arguments{.width = config_value<std::int64_t>(config, "width"),
                .patch_size = config_value<std::int64_t>(config, "patch_size"),
                .input_resolution = config_value<std::int64_t>(config, "input_resolution"),
                .output_dim = config_value<std::int64_t>(config, "output_dim")},
      layer_options(config));
}

LayerConfig CLIPPatchingAndEmbedding::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"width", arguments_.width},
                 {"patch_size", arguments_.patch_size},
                 {"input_resolution", arguments_.input_resolution},
                 {"output_dim", arguments_.output_dim}});
  return config;
}

Tensor CLIPPatchingAndEmbedding::call(TensorView<const float> inputs) {
  const PatchEmbedding& embedding = compute_->embedding.get(
      [this](Weights& weights) { collect(weights, ""); },
      [this](const WeightScope& root) {
        return std::make_unique<PatchEmbedding>(root, config_of(arguments_), gemm_backend("auto"));
      });
  const std::int64_t images = inputs.shape()[0];
  Tensor outputs(Shape{images, tokens(), arguments_.width});
  Pass pass;
  embedding(
      inputs.reshaped(Shape{images, kChannels * arguments_.input_resolution * arguments_.input_resolution}),
      outputs.view().reshaped(Shape{images * tokens(), arguments_.width}), pass.context());
  return outputs;
}

Shape CLIPPatchingAndEmbedding::compute_output_shape(const Shape& input_shape) const {
  input_spec()->check(input_shape, name());
  return Shape{input_shape[0], tokens(), arguments_.width};
}

std::int64_t CLIPPatchingAndEmbedding::tokens() const {
  const std::int64_t side = arguments_.input_resolution / arguments_.patch_size;
  return side * side + 1;
}

void CLIPPatchingAndEmbedding::collect(Weights& weights, const std::string& prefix) const {
  collect_weight(weights, prefix, "class_embedding", *class_embedding_);
  collect_weight(weights, prefix, "position_embedding.weight", *positional_embedding_);
  collect_weight(weights, prefix, "patch_embedding.weight", kernel_->kernel());
}

void CLIPPatchingAndEmbedding::weights_changed() { compute_->embedding.drop(); }

}  // namespace sightline::keras
