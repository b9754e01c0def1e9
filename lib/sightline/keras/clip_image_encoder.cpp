// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_image_encoder.h"

#include "sightline/base/error.h"
#include "sightline/keras/block_config.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/finite.h"
#include "sightline/keras/pass.h"
#include "sightline/keras/rows.h"
#include "sightline/model/config.h"
#include "sightline/model/config_section.h"
#include "sightline/model/image_tower.h"
#include "sightline/model/pass_plan.h"

namespace sightline::keras {
namespace {

constexpr std::int64_t kChannels = 3;

CLIPImageEncoder::Arguments checked(CLIPImageEncoder::Arguments arguments) {
  const EncoderConfig encoder = encoder_config({.width = arguments.width,
                                                .layers = arguments.num_layers,
                                                .heads = arguments.heads,
                                                .mlp_width = arguments.mlp_width,
                                                .activation = arguments.activation,
                                                .epsilon = arguments.epsilon},
                                               {});
  at_least_one(arguments.input_resolution, "input_resolution", kMaxImage);
  at_least_one(arguments.output_dim, "output_dim", kMaxWidth);
  arguments.mlp_width = encoder.mlp_width;
  return arguments;
}

CLIPPatchingAndEmbedding::Arguments embedding_of(const CLIPImageEncoder::Arguments& arguments) {
  return {.width = arguments.width,
          .patch_size = arguments.patch_size,
          .input_resolution = arguments.input_resolution,
          .output_dim = arguments.output_dim};
}

CLIPEncoder::Arguments encoder_of(const CLIPImageEncoder::Arguments& arguments) {
  return {.width = arguments.width,
          .num_layers = arguments.num_layers,
          .heads = arguments.heads,
          .mask = Mask::none,
          .mlp_width = arguments.mlp_width,
          .activation = arguments.activation,
          .epsilon = arguments.epsilon};
}

ModelConfig config_of(const CLIPImageEncoder::Arguments& arguments) {
  ModelConfig config;
  config.vision.encoder = encoder_config({.width = arguments.width,
                                          .layers = arguments.num_layers,
                                          .heads = arguments.heads,
                                          .mlp_width = arguments.mlp_width,
                                          .activation = arguments.activation,
                                          .epsilon = arguments.epsilon},
                                         {});
  config.vision.image_size = arguments.input_resolution;
  config.vision.patch_size = arguments.patch_size;
  config.projection_dim = arguments.output_dim;
  return config;
}

}  // namespace

struct CLIPImageEncoder::Compute {
  EngineObject<ImageTower> tower;
};

CLIPImageEncoder::CLIPImageEncoder(const Arguments& arguments, const LayerOptions& options)
    : CLIPImageEncoder(arguments, options,
                       WeightScope(initial_weights(checked(arguments).num_layers, 1, {}))) {}

CLIPImageEncoder::CLIPImageEncoder(const Arguments& arguments, const LayerOptions& options,
                                   const WeightScope& root)
    : Layer("CLIPImageEncoder", float32_or_int8(options, "clip_image_encoder")),
      arguments_(checked(arguments)),
      embedding_(embedding_of(arguments_), named("clip_patch_embedding"),
                 root / "vision_model" / "embeddings"),
      ln_1_({.epsilon = arguments_.epsilon}, named("ln_1"), root / "vision_model" / "pre_layrnorm",
            arguments_.width),
      encoder_(encoder_of(arguments_), named("clip_encoder"), root / "vision_model" / "encoder"),
      ln_2_({.epsilon = arguments_.epsilon}, named("ln_2"), root / "vision_model" / "post_layernorm",
            arguments_.width),
      projection_({.units = arguments_.output_dim, .use_bias = false}, named("vision_projector"),
                  root / "visual_projection", arguments_.width),
      compute_(std::make_unique<Compute>()) {
  add_sublayer(embedding_);
  add_sublayer(ln_1_);
  add_sublayer(encoder_);
  add_sublayer(ln_2_);
  add_sublayer(projection_);
  const std::int64_t side = arguments_.input_resolution;
  set_input_spec(InputSpec{.ndim = 4, .axes = {{1, kChannels}, {2, side}, {3, side}}});
  Layer::build(Shape{-1, kChannels, side, side});
  if (!options.trainable) set_trainable(false);
  if (is_quantized(options)) CLIPImageEncoder::quantize("int8");
}

CLIPImageEncoder::~CLIPImageEncoder() = default;

std::unique_ptr<CLIPImageEncoder> CLIPImageEncoder::from_config(const LayerConfig& config) {
  check_arguments(config, {"input_resolution", "patch_size", "width", "num_layers", "heads", "output_dim",
                           "mlp_width", "activation", "epsilon"});
  const auto size = [&](const char* key) { return config_value<std::int64_t>(config, key); };
  Arguments arguments = {.input_resolution = size("input_resolution"),
                         .patch_size = size("patch_size"),
                         .width = size("width"),
                         .num_layers = size("num_layers"),
                         .heads = size("heads"),
                         .output_dim = size("output_dim")};
  if (config.contains("mlp_width")) arguments.mlp_width = size("mlp_width");
  arguments.activation = config_value<std::string>(config, "activation", arguments.activation);
  arguments.epsilon = config_value<double>(config, "epsilon", arguments.epsilon);
  return std::make_unique<CLIPImageEncoder>(arguments, layer_options(config));
}

LayerConfig CLIPImageEncoder::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"input_resolution", arguments_.input_resolution},
                 {"patch_size", arguments_.patch_size},
                 {"width", arguments_.width},
                 {"num_layers", arguments_.num_layers},
                 {"heads", arguments_.heads},
                 {"output_dim", arguments_.output_dim},
                 {"mlp_width", *arguments_.mlp_width},
                 {"activation", arguments_.activation},
                 {"epsilon", arguments_.epsilon}});
  return config;
}

Tensor CLIPImageEncoder::encode(TensorView<const float> images) const {
  input_spec()->check(images.shape(), name());
  check_has_values(images, name());
  const ImageTower& tower = compute_->tower.get([this](Weights& weights) { collect(weights); },
                                                [this](const WeightScope& root) {
                                                  return std::make_unique<ImageTower>(
                                                      root, config_of(arguments_), gemm_backend("auto"));
                                                });
  Tensor embeddings(Shape{images.shape()[0], arguments_.output_dim});
  Pass pass;
  const TensorView<const float> pixels =
      as_rows(images, kChannels * arguments_.input_resolution * arguments_.input_resolution);
  const std::int64_t step = images_per_pass(plan_passes(config_of(arguments_), 0), pixels.rows());
  for (std::int64_t begin = 0; begin < pixels.rows(); begin += step) {
    const std::int64_t count = std::min(step, pixels.rows() - begin);
    tower(pixels.slice_rows(begin, count), embeddings.view().slice_rows(begin, count), pass.context());
  }
  check_embeddings(embeddings.view(), *this);
  return embeddings;
}

Shape CLIPImageEncoder::compute_output_shape(const Shape& input_shape) const {
  input_spec()->check(input_shape, name());
  return Shape{input_shape[0], arguments_.output_dim};
}

void CLIPImageEncoder::collect(Weights& weights) const {
  embedding_.collect(weights, "vision_model.embeddings");
  ln_1_.collect(weights, "vision_model.pre_layrnorm");
  encoder_.collect(weights, "vision_model.encoder");
  ln_2_.collect(weights, "vision_model.post_layernorm");
  projection_.collect(weights, "visual_projection");
}

void CLIPImageEncoder::weights_changed() { compute_->tower.drop(); }

}  // namespace sightline::keras
