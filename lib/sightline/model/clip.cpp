// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip.h"

#include <initializer_list>

#include "sightline/base/error.h"
#include "sightline/base/log.h"
#include "sightline/model/locate.h"
#include "sightline/model/tokenizer_files.h"

namespace sightline {
namespace {

// What the options say stands above what the model's files say.
PreprocessorConfig with_options(PreprocessorConfig config, const CLIPOptions& options) {
  config.pipeline.exif = options.exif;
  config.pipeline.openai = options.openai_preprocess;
  if (options.openai_preprocess) config.pipeline.alpha = Alpha::drop;
  if (options.alpha) config.pipeline.alpha = *options.alpha;
  return config;
}

void check_complete(const Weights& weights) {
  const std::vector<std::string> unused = weights.unused();
  if (unused.empty()) return;
  fail(ErrorCode::mismatch, unused.front(),
       "is in the weights but not in a model of this config (" + std::to_string(unused.size()) +
           " such tensors)");
}

// The side of the pictures that {height, width, 3} asks for.
std::int64_t side_of(const Shape& input_shape) {
  if (input_shape.rank() != 3 || input_shape[0] != input_shape[1] || input_shape[2] != 3) {
    fail(ErrorCode::mismatch, "input_shape",
         "is " + to_string(input_shape) + ", expected [height, width, 3] of a square");
  }
  return input_shape[0];
}

LoadedModel untrained_model(CLIPConfig config, const CLIPOptions& options) {
  if (options.input_shape) {
    config.vision.image_size = side_of(*options.input_shape);
    if (config.vision.image_size < config.vision.patch_size) {
      fail(ErrorCode::range, "input_shape",
           "is " + to_string(*options.input_shape) + ", a patch has " +
               std::to_string(config.vision.patch_size));
    }
  }
  LoadedModel model;
  model.config = config;
  model.weights = initial_weights(config.vision.encoder.layers, config.text.encoder.layers, options.seed);
  model.preprocessor = PreprocessorConfig::defaults(config.vision.image_size);
  return model;
}

bool all_finite(TensorView<const float> embeddings) {
  return is_finite({DType::f32, embeddings.shape(), std::as_bytes(embeddings.flat())});
}

// Why embeddings are not finite; the weights are read for it, which nobody waits for when all is well.
[[noreturn]] void fail_not_finite(const CLIP& clip, std::initializer_list<std::string_view> prefixes) {
  try {
    for (const std::string_view prefix : prefixes) check_finite(clip.checkpoint(), prefix);
  } catch (const Error& error) {
    throw clip.path().empty() ? error : error.within(clip.path());
  }
  fail(ErrorCode::corrupt, clip.path(),
       "gives an embedding that is not finite: its weights hold huge values");
}

}  // namespace

CLIP::CLIP(LoadedModel model, const CLIPOptions& options)
    : Layer(options.name),
      source_(std::move(model.source)),
      config_(model.config),
      weights_(std::move(model.weights)) {
  if (options.input_shape && side_of(*options.input_shape) != config_.vision.image_size) {
    fail(ErrorCode::mismatch, "input_shape",
         "is " + to_string(*options.input_shape) + ", the model takes pictures of " +
             std::to_string(config_.vision.image_size));
  }
  const GemmBackend& backend = gemm_backend(options.backend);
  log_debug("matrix products: " + backend.description());
  const WeightScope root(weights_);
  image_encoder_ = std::make_unique<CLIPImageEncoder>(root, config_, backend);
  text_encoder_ = std::make_unique<CLIPTextEncoder>(root, config_, backend);
  head_ = std::make_unique<CLIPHead>(root);
  check_complete(weights_);
  add_sublayer(*image_encoder_, "image_encoder");
  add_sublayer(*text_encoder_, "text_encoder");
  add_sublayer(*head_, "clip_head");
  if (!options.trainable) set_trainable(false);
  const auto tokenizer_loader = [folder = source_.folder, config = config_,
                                 cleaning = options.text_cleaning] {
    try {
      return load_tokenizer(folder, config, cleaning);
    } catch (const Error& error) {
      throw error.within(folder);
    }
  };
  const std::int64_t image_size = config_.vision.image_size;
  processor_ = std::make_unique<CLIPProcessor>(with_options(model.preprocessor, options), image_size,
                                               tokenizer_loader, config_.text.context_length,
                                               ImageLimits{.checksums = !options.lenient});
}

CLIP::CLIP(const CLIPArguments& arguments, const CLIPOptions& options)
    : CLIP(untrained_model(arguments.config(), options), options) {}

CLIP::~CLIP() = default;

LayerConfig CLIP::get_config() const {
  LayerConfig config = Layer::get_config();
  config.merge(CLIPArguments::of(config_).to_config());
  return config;
}

std::unique_ptr<CLIP> CLIP::from_config(const LayerConfig& config, const CLIPOptions& options) {
  const Untrained asked = Untrained{.name = options.name, .trainable = options.trainable}.with(config);
  check_float32(asked.dtype, asked.name);
  CLIPOptions with_config = options;
  with_config.name = asked.name;
  with_config.trainable = asked.trainable;
  return std::make_unique<CLIP>(CLIPArguments::from_config(config), with_config);
}

std::unique_ptr<CLIP> CLIP::from_preset(const std::string& name_or_path, const CLIPOptions& options) {
  const std::optional<CLIPArguments> preset = CLIPArguments::of_preset(name_or_path);
  if (!options.load_weights && preset) return from_model(untrained_model(preset->config(), options), options);
  const std::string path = locate_model(name_or_path);
  try {
    if (!options.load_weights) {
      LoadedModel model = open_model(path, options.dialect);
      LoadedModel untrained = untrained_model(model.config, options);
      untrained.source.folder = model.source.folder;
      if (!options.input_shape) untrained.preprocessor = model.preprocessor;
      return from_model(std::move(untrained), options);
    }
    return from_model(open_model(path, options.dialect), options);
  } catch (const Error& error) {
    if (error.subject().starts_with(path)) throw;
    throw error.within(path);
  }
}

std::unique_ptr<CLIP> CLIP::from_model(LoadedModel model, const CLIPOptions& options) {
  return std::unique_ptr<CLIP>(new CLIP(std::move(model), options));
}

void CLIP::encode_images(TensorView<const float> pixels, TensorView<float> embeddings,
                         Context& context) const {
  (*image_encoder_)(pixels, embeddings, context);
  if (!all_finite(embeddings)) fail_not_finite(*this, {"vision_model.", "visual_projection."});
}

void CLIP::encode_texts(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const {
  (*text_encoder_)(texts, embeddings, context);
  if (!all_finite(embeddings)) fail_not_finite(*this, {"text_model.", "text_projection."});
}

CLIP::Logits CLIP::operator()(TensorView<const float> pixels, const TokenBatch& texts,
                              Context& context) const {
  Tensor seen(Shape{pixels.rows(), embedding_size()}), read(Shape{texts.size(), embedding_size()});
  encode_images(pixels, seen.view(), context);
  encode_texts(texts, read.view(), context);
  Logits logits{Tensor(Shape{pixels.rows(), texts.size()}), Tensor(Shape{texts.size(), pixels.rows()})};
  (*head_)(seen.view(), read.view(), logits.image_logits.view());
  for (std::int64_t i = 0; i < pixels.rows(); ++i) {
    for (std::int64_t t = 0; t < texts.size(); ++t)
      logits.text_logits.data()[t * pixels.rows() + i] = logits.image_logits.data()[i * texts.size() + t];
  }
  return logits;
}

}  // namespace sightline
