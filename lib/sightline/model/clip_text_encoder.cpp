// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_text_encoder.h"

#include <algorithm>
#include <array>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::int64_t kRowsPerPass = 512;  // enough to keep the kernels busy; bounds the scratch memory
constexpr std::int64_t kMaxTexts = 256;
constexpr std::int64_t kLegacyEos = 2;

CLIPConfig config_of(const CLIPTextEncoder::Arguments& arguments) {
  for (const std::int64_t size : {arguments.vocab_size, arguments.embed_dim, arguments.context_length}) {
    if (size < 1) fail(ErrorCode::range, "text encoder", "has a size of " + std::to_string(size));
  }
  CLIPConfig config;
  config.text.encoder = EncoderConfig::of(arguments.transformer_width, arguments.transformer_layers,
                                          arguments.transformer_heads);
  config.text.vocabulary_size = arguments.vocab_size;
  config.text.context_length = arguments.context_length;
  config.text.eos_token_id = kLegacyEos;
  config.projection_dim = arguments.embed_dim;
  return config;
}

}  // namespace

CLIPTextEncoder::CLIPTextEncoder(const WeightScope& root, const CLIPConfig& config,
                                 const GemmBackend& backend)
    : TextEncoder("clip_text_encoder"),
      width_(config.text.encoder.width),
      context_length_(config.text.context_length),
      eos_token_id_(config.text.eos_token_id),
      token_embedding_(root / "text_model" / "embeddings" / "token_embedding", config.text.vocabulary_size,
                       width_),
      position_embedding_(root / "text_model" / "embeddings" / "position_embedding", context_length_, width_),
      encoder_(root / "text_model" / "encoder", config.text.encoder, Mask::causal, backend),
      final_norm_(root / "text_model" / "final_layer_norm", width_, config.text.encoder.epsilon),
      projection_(root / "text_projection", {.in = width_, .units = config.projection_dim, .bias = Bias::no},
                  backend) {
  add_sublayer(token_embedding_, "token_embedding");
  add_sublayer(position_embedding_, "positional_embedding");
  add_sublayer(encoder_, "clip_encoder");
  add_sublayer(final_norm_, "ln_final");
  add_sublayer(projection_, "text_projector");
}

CLIPTextEncoder::CLIPTextEncoder(const Arguments& arguments, const Untrained& untrained)
    : CLIPTextEncoder(WeightScope(initial_weights(1, arguments.transformer_layers, untrained.seed)),
                      config_of(arguments), gemm_backend(untrained.backend)) {
  take_arguments(untrained.name, untrained.dtype, untrained.trainable);
}

std::unique_ptr<CLIPTextEncoder> CLIPTextEncoder::from_config(const LayerConfig& config,
                                                              const Untrained& untrained) {
  check_arguments(config, {"transformer_width", "transformer_layers", "transformer_heads", "vocab_size",
                           "embed_dim", "context_length"});
  const auto size = [&](const char* key) { return config_value<std::int64_t>(config, key); };
  const Arguments arguments = {.transformer_width = size("transformer_width"),
                               .transformer_layers = size("transformer_layers"),
                               .transformer_heads = size("transformer_heads"),
                               .vocab_size = size("vocab_size"),
                               .embed_dim = size("embed_dim"),
                               .context_length = size("context_length")};
  return std::make_unique<CLIPTextEncoder>(arguments, untrained.with(config));
}

LayerConfig CLIPTextEncoder::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"transformer_width", width_},
                 {"transformer_layers", encoder_.config().layers},
                 {"transformer_heads", encoder_.config().heads},
                 {"vocab_size", token_embedding_.own_weights().front()->shape()[0]},
                 {"embed_dim", projection_.units()},
                 {"context_length", context_length_}});
  return config;
}

Shape CLIPTextEncoder::compute_output_shape(const Shape& input_shape) const {
  return Shape{input_shape[0], projection_.units()};
}

std::vector<Shape> CLIPTextEncoder::sublayer_inputs(const Shape& input_shape) const {
  const Shape positions{input_shape.last()}, pooled{input_shape[0], width_};
  return {input_shape, positions, Shape{input_shape[0], input_shape.last(), width_}, pooled, pooled};
}

std::int64_t CLIPTextEncoder::pooled_position(std::span<const std::int32_t> ids) const {
  if (eos_token_id_ == kLegacyEos) return std::max_element(ids.begin(), ids.end()) - ids.begin();
  const auto found = std::find(ids.begin(), ids.end(), static_cast<std::int32_t>(eos_token_id_));
  return found == ids.end() ? 0 : found - ids.begin();
}

void CLIPTextEncoder::embed(std::span<const std::int32_t> ids, TensorView<float> x) const {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto row = x.row(static_cast<std::int64_t>(i));
    token_embedding_.lookup(ids[i], row);
    position_embedding_.add(static_cast<std::int64_t>(i), row);
  }
}

void CLIPTextEncoder::operator()(const TokenBatch& texts, TensorView<float> embeddings,
                                 Context& context) const {
  check_rows(name(), "embeddings", embeddings.shape(), texts.size(), projection_.units());
  std::array<Sequence, kMaxTexts> sequences;
  std::int64_t begin = 0;
  while (begin < texts.size()) {
    std::int64_t count = 0, rows = 0;
    while (begin + count < texts.size() && count < kMaxTexts && (rows < kRowsPerPass || count == 0)) {
      const std::span<const std::int32_t> ids = texts[begin + count];
      if (ids.empty() || static_cast<std::int64_t>(ids.size()) > context_length_) {
        fail(ErrorCode::range, "text",
             "has " + std::to_string(ids.size()) + " tokens, expected 1 to " +
                 std::to_string(context_length_));
      }
      const std::int64_t position = pooled_position(ids);
      sequences[static_cast<std::size_t>(count)] = {position + 1, position};
      rows += position + 1;
      ++count;
    }
    encode(texts, begin, {sequences.data(), static_cast<std::size_t>(count)},
           embeddings.slice_rows(begin, count), context);
    begin += count;
  }
}

void CLIPTextEncoder::encode(const TokenBatch& texts, std::int64_t begin, std::span<const Sequence> sequences,
                             TensorView<float> embeddings, Context& context) const {
  std::int64_t rows = 0;
  for (const Sequence& sequence : sequences) rows += sequence.length;
  Scratch::Frame frame(context.scratch);
  const TensorView<float> x = frame.take(Shape{rows, width_});
  const TensorView<float> pooled = frame.take(Shape{embeddings.rows(), width_});

  // hidden_states = token_embedding(input_ids) + position_embedding(position_ids)
  std::int64_t row = 0;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::int64_t length = sequences[i].length;
    embed(texts[begin + static_cast<std::int64_t>(i)].first(static_cast<std::size_t>(length)),
          x.slice_rows(row, length));
    row += length;
  }

  // pooled_output = self.final_layer_norm(self.encoder(hidden_states))[batch, position of the end]
  encoder_(x, sequences, pooled, context);
  final_norm_(pooled, pooled);

  // text_embeds = self.text_projection(pooled_output)
  projection_(pooled, embeddings, context);
}

}  // namespace sightline
