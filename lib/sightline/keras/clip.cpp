// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip.h"

#include <array>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/model/config_section.h"
#include "sightline/model/locate.h"
#include "sightline/model/model_source.h"
#include "sightline/model/processor.h"
#include "sightline/model/tokenizer_files.h"

namespace sightline::keras {
namespace {

// The side of the images that {height, width, 3} asks for.
std::int64_t side_of(const Shape& input_shape) {
  if (input_shape.rank() != 3 || input_shape[0] != input_shape[1] || input_shape[2] != 3) {
    fail(ErrorCode::mismatch, "input_shape",
         "is " + to_string(input_shape) + ", expected [height, width, 3] of a square");
  }
  return input_shape[0];
}

// A model of these sizes with initial weights.
LoadedModel untrained_model(const CLIPArguments& arguments, const std::optional<std::uint64_t>& seed) {
  LoadedModel model;
  model.config = arguments.engine_config();
  model.weights = initial_weights(arguments.vision_layers, arguments.transformer_layers, seed);
  model.preprocessor = PreprocessorConfig::defaults(arguments.image_resolution);
  return model;
}

CLIPArguments with_input_shape(CLIPArguments arguments, const std::optional<Shape>& input_shape) {
  if (!input_shape) return arguments;
  arguments.image_resolution = side_of(*input_shape);
  if (arguments.image_resolution < arguments.vision_patch_size) {
    fail(ErrorCode::range, "input_shape",
         "is " + to_string(*input_shape) + ", a patch has " + std::to_string(arguments.vision_patch_size));
  }
  at_least_one(arguments.image_resolution, "input_shape", kMaxImage);
  return arguments;
}

void check_input_shape(const std::optional<Shape>& input_shape, const ModelConfig& config) {
  if (!input_shape || side_of(*input_shape) == config.vision.image_size) return;
  fail(ErrorCode::mismatch, "input_shape",
       "is " + to_string(*input_shape) + ", the model takes images of " +
           std::to_string(config.vision.image_size));
}

void check_complete(const Weights& weights) {
  const std::vector<std::string> unused = weights.unused();
  if (unused.empty()) return;
  fail(ErrorCode::mismatch, unused.front(),
       "is in the weights but not in a model of this config (" + std::to_string(unused.size()) +
           " such tensors)");
}

CLIPImageEncoder::Arguments image_arguments(const CLIPArguments& arguments, const ModelConfig& config) {
  return {.input_resolution = arguments.image_resolution,
          .patch_size = arguments.vision_patch_size,
          .width = arguments.vision_width,
          .num_layers = arguments.vision_layers,
          .heads = config.vision.encoder.heads,
          .output_dim = arguments.embed_dim,
          .mlp_width = config.vision.encoder.mlp_width,
          .activation = arguments.vision_activation,
          .epsilon = arguments.vision_epsilon};
}

CLIPTextEncoder::Arguments text_arguments(const CLIPArguments& arguments, const ModelConfig& config) {
  return {.transformer_width = arguments.transformer_width,
          .transformer_layers = arguments.transformer_layers,
          .transformer_heads = arguments.transformer_heads,
          .vocab_size = arguments.vocab_size,
          .embed_dim = arguments.embed_dim,
          .context_length = arguments.context_length,
          .mlp_width = config.text.encoder.mlp_width,
          .activation = arguments.transformer_activation,
          .epsilon = arguments.transformer_epsilon,
          .eos_token_id = arguments.eos_token_id};
}

std::shared_ptr<const Processor> processor_of(const LoadedModel& model) {
  const auto tokenizer_loader = [files = model.source.files, config = model.config] {
    try {
      return load_tokenizer(files, config, TextCleaning::hf);
    } catch (const Error& error) {
      throw error.within(files.place());
    }
  };
  return std::make_shared<Processor>(model.preprocessor, model.config.vision.image_size, tokenizer_loader,
                                     model.config.text.context_length);
}

}  // namespace

struct CLIP::Parts {
  Parts(LoadedModel loaded, const CLIPArguments& made_with)
      : model(std::move(loaded)), arguments(made_with), processor(processor_of(model)) {}

  LoadedModel model;
  CLIPArguments arguments;
  CLIPProcessor processor;
};

CLIP::CLIP(const CLIPArguments& arguments, const LayerOptions& options)
    : CLIP(options, std::make_unique<Parts>(untrained_model(arguments, {}), arguments)) {}

CLIP::CLIP(const LayerOptions& options, std::unique_ptr<Parts> parts)
    : Layer("CLIP", float32_or_int8(options, "clip")),
      parts_(std::move(parts)),
      arguments_(parts_->arguments) {
  const ModelConfig& config = parts_->model.config;
  const WeightScope root(parts_->model.weights);
  image_encoder_ =
      std::make_unique<CLIPImageEncoder>(image_arguments(arguments_, config), named("image_encoder"), root);
  text_encoder_ =
      std::make_unique<CLIPTextEncoder>(text_arguments(arguments_, config), named("text_encoder"), root);
  head_ = std::make_unique<CLIPHead>(named("clip_head"), root);
  check_complete(parts_->model.weights);
  add_sublayer(*image_encoder_);
  add_sublayer(*text_encoder_);
  add_sublayer(*head_);
  const std::array<Shape, 2> inputs = {
      Shape{-1, config.vision.channels, config.vision.image_size, config.vision.image_size},
      Shape{-1, config.text.context_length}};
  Layer::build(std::span<const Shape>(inputs));
  if (!options.trainable) set_trainable(false);
  if (is_quantized(options)) CLIP::quantize("int8");
}

CLIP::~CLIP() = default;

std::unique_ptr<CLIP> CLIP::from_parts(LoadedModel model, const CLIPArguments& arguments,
                                       const PresetOptions& options) {
  return std::unique_ptr<CLIP>(new CLIP(LayerOptions{.name = options.name, .trainable = options.trainable},
                                        std::make_unique<Parts>(std::move(model), arguments)));
}

std::unique_ptr<CLIP> CLIP::from_preset(const std::string& preset, const PresetOptions& options) {
  const std::optional<CLIPArguments> known = CLIPArguments::of_preset(preset);
  if (!options.load_weights && known) {
    const CLIPArguments arguments = with_input_shape(*known, options.input_shape);
    return from_parts(untrained_model(arguments, options.seed), arguments, options);
  }
  const std::string path = locate_model(preset);
  try {
    LoadedModel model = open_model(path);
    check_clip_family(model.config, path);
    const CLIPArguments arguments = CLIPArguments::of(model.config);
    if (options.load_weights) {
      check_input_shape(options.input_shape, model.config);
      return from_parts(std::move(model), arguments, options);
    }
    const CLIPArguments resized = with_input_shape(arguments, options.input_shape);
    LoadedModel untrained = untrained_model(resized, options.seed);
    untrained.source.files = model.source.files;
    untrained.config.tokenizer.class_name = model.config.tokenizer.class_name;
    if (!options.input_shape) untrained.preprocessor = model.preprocessor;
    return from_parts(std::move(untrained), resized, options);
  } catch (const Error& error) {
    if (error.subject().starts_with(path)) throw;
    throw error.within(path);
  }
}

std::unique_ptr<CLIP> CLIP::from_config(const LayerConfig& config) {
  return std::make_unique<CLIP>(CLIPArguments::from_config(config), layer_options(config));
}

LayerConfig CLIP::get_config() const {
  LayerConfig config = Layer::get_config();
  config.merge(arguments_.to_config());
  return config;
}

const CLIPProcessor& CLIP::processor() const { return parts_->processor; }

CLIP::Logits CLIP::operator()(const Inputs& inputs) const {
  const Tensor images = image_encoder_->encode(inputs.images);
  const Tensor texts = (*text_encoder_)(inputs.token_ids, inputs.padding_mask);
  const std::array<TensorView<const float>, 2> both = {images.view(), texts.view()};
  Logits logits{head_->logits(both), Tensor(Shape{texts.shape()[0], images.shape()[0]})};
  const TensorView<const float> rows = std::as_const(logits.image_logits).view();
  for (std::int64_t i = 0; i < images.shape()[0]; ++i) {
    for (std::int64_t t = 0; t < texts.shape()[0]; ++t)
      logits.text_logits.data()[t * images.shape()[0] + i] = rows.data()[i * texts.shape()[0] + t];
  }
  return logits;
}

CLIP::OutputShapes CLIP::compute_output_shape(const InputShapes& shapes) const {
  const Shape images = image_encoder_->compute_output_shape(shapes.images);
  const Shape texts = text_encoder_->compute_output_shape(shapes.token_ids);
  return {Shape{images[0], texts[0]}, Shape{texts[0], images[0]}};
}

Shape CLIP::compute_output_shape(const Shape& images) const {
  return Shape{image_encoder_->compute_output_shape(images)[0], -1};
}

}  // namespace sightline::keras
