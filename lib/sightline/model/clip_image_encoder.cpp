// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_image_encoder.h"

#include <algorithm>
#include <array>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::int64_t kRowsPerPass = 400;  // enough to keep the kernels busy; bounds the scratch memory
constexpr std::int64_t kMaxPictures = 256;

CLIPConfig config_of(const CLIPImageEncoder::Arguments& arguments) {
  const std::int64_t patch = arguments.patch_size, resolution = arguments.input_resolution;
  if (patch < 1 || patch > resolution) {
    fail(ErrorCode::range, "patch_size",
         "is " + std::to_string(patch) + ", expected 1 to the image's " + std::to_string(resolution));
  }
  if (arguments.output_dim < 1)
    fail(ErrorCode::range, "output_dim",
         "is " + std::to_string(arguments.output_dim) + ", expected 1 or more");
  CLIPConfig config;
  config.vision.encoder = EncoderConfig::of(arguments.width, arguments.num_layers, arguments.heads);
  config.vision.image_size = resolution;
  config.vision.patch_size = patch;
  config.projection_dim = arguments.output_dim;
  return config;
}

}  // namespace

CLIPImageEncoder::CLIPImageEncoder(const WeightScope& root, const CLIPConfig& config,
                                   const GemmBackend& backend)
    : ImageEncoder("clip_image_encoder"),
      embedding_(root / "vision_model" / "embeddings", config.vision, backend),
      pre_norm_(root / "vision_model" / "pre_layrnorm", config.vision.encoder.width,
                config.vision.encoder.epsilon),
      encoder_(root / "vision_model" / "encoder", config.vision.encoder, Mask::none, backend),
      post_norm_(root / "vision_model" / "post_layernorm", config.vision.encoder.width,
                 config.vision.encoder.epsilon),
      projection_(root / "visual_projection",
                  {.in = config.vision.encoder.width, .units = config.projection_dim, .bias = Bias::no},
                  backend),
      image_size_(config.vision.image_size),
      patch_size_(config.vision.patch_size),
      channels_(config.vision.channels) {
  add_sublayer(embedding_, "clip_patch_embedding");
  add_sublayer(pre_norm_, "ln_1");
  add_sublayer(encoder_, "clip_encoder");
  add_sublayer(post_norm_, "ln_2");
  add_sublayer(projection_, "vision_projector");
}

CLIPImageEncoder::CLIPImageEncoder(const Arguments& arguments, const Untrained& untrained)
    : CLIPImageEncoder(WeightScope(initial_weights(arguments.num_layers, 1, untrained.seed)),
                       config_of(arguments), gemm_backend(untrained.backend)) {
  take_arguments(untrained.name, untrained.dtype, untrained.trainable);
}

std::unique_ptr<CLIPImageEncoder> CLIPImageEncoder::from_config(const LayerConfig& config,
                                                                const Untrained& untrained) {
  check_arguments(config, {"input_resolution", "patch_size", "width", "num_layers", "heads", "output_dim"});
  const auto size = [&](const char* key) { return config_value<std::int64_t>(config, key); };
  const Arguments arguments = {.input_resolution = size("input_resolution"),
                               .patch_size = size("patch_size"),
                               .width = size("width"),
                               .num_layers = size("num_layers"),
                               .heads = size("heads"),
                               .output_dim = size("output_dim")};
  return std::make_unique<CLIPImageEncoder>(arguments, untrained.with(config));
}

LayerConfig CLIPImageEncoder::get_config() const {
  LayerConfig config = Layer::get_config();
  const EncoderConfig& encoder = encoder_.config();
  config.insert({{"input_resolution", image_size_},
                 {"patch_size", patch_size_},
                 {"width", encoder.width},
                 {"num_layers", encoder.layers},
                 {"heads", encoder.heads},
                 {"output_dim", projection_.units()}});
  return config;
}

Shape CLIPImageEncoder::compute_output_shape(const Shape& input_shape) const {
  return Shape{input_shape[0], projection_.units()};
}

std::vector<Shape> CLIPImageEncoder::sublayer_inputs(const Shape& input_shape) const {
  const Shape stream{input_shape[0], tokens(), pre_norm_.width()}, pooled{input_shape[0], pre_norm_.width()};
  return {input_shape, stream, stream, pooled, pooled};
}

void CLIPImageEncoder::operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                                  Context& context) const {
  const std::int64_t pictures = first_size(pixels.shape());
  check_rows(name(), "pixels", pixels.shape(), pictures, channels_ * image_size_ * image_size_);
  check_rows(name(), "embeddings", embeddings.shape(), pictures, projection_.units());
  const std::int64_t most = std::clamp<std::int64_t>(kRowsPerPass / tokens(), 1, kMaxPictures);
  for (std::int64_t begin = 0; begin < pixels.rows(); begin += most) {
    const std::int64_t count = std::min(most, pixels.rows() - begin);
    encode(pixels.slice_rows(begin, count), embeddings.slice_rows(begin, count), context);
  }
}

void CLIPImageEncoder::encode(TensorView<const float> pixels, TensorView<float> embeddings,
                              Context& context) const {
  const std::int64_t batch = pixels.rows(), width = pre_norm_.width();
  Scratch::Frame frame(context.scratch);
  const TensorView<float> x = frame.take(Shape{batch * tokens(), width});
  const TensorView<float> pooled = frame.take(Shape{batch, width});

  // hidden_states = self.pre_layrnorm(self.embeddings(pixel_values))
  embedding_(pixels, x, context);
  pre_norm_(x, x);

  // pooled_output = self.post_layernorm(self.encoder(hidden_states)[:, 0, :])
  std::array<Sequence, kMaxPictures> sequences;
  std::fill_n(sequences.begin(), batch, Sequence{tokens(), 0});
  encoder_(x, {sequences.data(), static_cast<std::size_t>(batch)}, pooled, context);
  post_norm_(pooled, pooled);

  // image_embeds = self.visual_projection(pooled_output)
  projection_(pooled, embeddings, context);
}

}  // namespace sightline
