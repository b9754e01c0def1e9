// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/expected_weights.h"

#include "sightline/base/bytes.h"

namespace sightline {
namespace {

class List {
 public:
  void add(std::string name, const Shape& shape) { weights.push_back({std::move(name), shape}); }

  /// The weights of a dense or normalization layer: `name`.weight of `shape`, and a bias of its first size.
  void add_with_bias(const std::string& name, const Shape& shape) {
    add(name + ".weight", shape);
    add(name + ".bias", Shape{shape[0]});
  }

  void add_encoder(const std::string& tower, const EncoderConfig& config) {
    const std::int64_t width = config.width, mlp = config.mlp_width;
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
      const std::string block = tower + ".encoder.layers." + std::to_string(layer) + ".";
      for (const char* projection : {"k_proj", "v_proj", "q_proj", "out_proj"})
        add_with_bias(block + "self_attn." + projection, Shape{width, width});
      add_with_bias(block + "layer_norm1", Shape{width});
      add_with_bias(block + "mlp.fc1", Shape{mlp, width});
      add_with_bias(block + "mlp.fc2", Shape{width, mlp});
      add_with_bias(block + "layer_norm2", Shape{width});
    }
  }

  std::vector<ExpectedWeight> weights;
};

}  // namespace

std::vector<ExpectedWeight> expected_weights(const ModelConfig& config) {
  const ImageTowerConfig& vision = config.vision;
  const TextTowerConfig& text = config.text;
  const std::int64_t vision_width = vision.encoder.width, text_width = text.encoder.width;
  const std::int64_t side = vision.image_size / vision.patch_size;
  const std::int64_t tokens = checked_add(checked_mul(side, side, "image_size"), 1, "image_size");
  List list;
  list.add("logit_scale", Shape{});
  list.add("text_model.embeddings.token_embedding.weight", Shape{text.vocabulary_size, text_width});
  list.add("text_model.embeddings.position_embedding.weight", Shape{text.context_length, text_width});
  list.add_encoder("text_model", text.encoder);
  list.add_with_bias("text_model.final_layer_norm", Shape{text_width});
  list.add("vision_model.embeddings.class_embedding", Shape{vision_width});
  list.add("vision_model.embeddings.patch_embedding.weight",
           Shape{vision_width, vision.channels, vision.patch_size, vision.patch_size});
  list.add("vision_model.embeddings.position_embedding.weight", Shape{tokens, vision_width});
  list.add_with_bias("vision_model.pre_layrnorm", Shape{vision_width});
  list.add_encoder("vision_model", vision.encoder);
  list.add_with_bias("vision_model.post_layernorm", Shape{vision_width});
  list.add("visual_projection.weight", Shape{config.projection_dim, vision_width});
  list.add("text_projection.weight", Shape{config.projection_dim, text_width});
  return list.weights;
}

}  // namespace sightline
