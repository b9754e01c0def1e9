#include "sightline/model/clip_image_encoder.h"

#include <algorithm>
#include <array>

namespace sightline {
namespace {

constexpr std::int64_t kRowsPerPass = 400;  // enough to keep the kernels busy; bounds the scratch memory
constexpr std::int64_t kMaxPictures = 256;

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
                  backend) {
  const std::array<const Layer*, 5> children = {&embedding_, &pre_norm_, &encoder_, &post_norm_,
                                                &projection_};
  for (const Layer* child : children) add_sublayer(*child);
}

void CLIPImageEncoder::operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                                  Context& context) const {
  const std::int64_t most = std::clamp<std::int64_t>(kRowsPerPass / tokens(), 1, kMaxPictures);
  for (std::int64_t begin = 0; begin < pixels.rows(); begin += most) {
    const std::int64_t count = std::min(most, pixels.rows() - begin);
    encode(pixels.slice_rows(begin, count), embeddings.slice_rows(begin, count), context);
  }
}

void CLIPImageEncoder::encode(TensorView<const float> pixels, TensorView<float> embeddings,
                              Context& context) const {
  const std::int64_t batch = pixels.rows(), width = pre_norm_.own_weights()[0].tensor->shape[0];
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
