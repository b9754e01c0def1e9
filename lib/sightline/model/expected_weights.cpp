// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/expected_weights.h"

#include <utility>

namespace sightline {
namespace {

class List {
 public:
  void add_vector(std::string name, const Shape& shape) { add(std::move(name), shape, WeightUse::vector); }
  void add_table(std::string name, const Shape& shape) { add(std::move(name), shape, WeightUse::table); }
  void add_norm(const std::string& name, std::int64_t width) {
    add_vector(name + ".weight", Shape{width});
    add_vector(name + ".bias", Shape{width});
  }
  /// A linear layer or a convolution: `name`.weight of `shape`, and a bias of its first size.
  void add_dense(const std::string& name, const Shape& shape, bool bias = true) {
    add(name + ".weight", shape, WeightUse::matrix);
    if (bias) add_vector(name + ".bias", Shape{shape[0]});
  }

  void add_encoder(const std::string& tower, const EncoderConfig& config) {
    const std::int64_t width = config.width, mlp = config.mlp_width;
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
      const std::string block = tower + ".encoder.layers." + std::to_string(layer) + ".";
      add_norm(block + "layer_norm1", width);
      for (const char* projection : {"q_proj", "k_proj", "v_proj", "out_proj"})
        add_dense(block + "self_attn." + projection, Shape{width, width},
                  config.key_bias || projection != std::string_view("k_proj"));
      if (config.attention_norm) add_norm(block + "self_attn.norm", width);
      add_norm(block + "layer_norm2", width);
      if (config.mlp == MlpKind::swiglu) add_dense(block + "mlp.gate", Shape{mlp, width});
      add_dense(block + "mlp.fc1", Shape{mlp, width});
      if (config.mlp_norm) add_norm(block + "mlp.norm", mlp);
      add_dense(block + "mlp.fc2", Shape{width, mlp});
    }
  }

  void add_attention_pooling(const std::string& name, const AttentionPoolingConfig& config) {
    const std::int64_t width = config.block.width, mlp = config.block.mlp_width;
    add_vector(name + ".probe", Shape{1, 1, width});
    if (config.input_norms) add_norm(name + ".query_norm", width);
    if (config.input_norms) add_norm(name + ".row_norm", config.row_width);
    for (const char* projection : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
      const bool of_rows = projection[0] == 'k' || projection[0] == 'v';
      add_dense(name + ".attention." + projection, Shape{width, of_rows ? config.row_width : width});
    }
    if (!config.mlp) return;
    add_norm(name + ".layernorm", width);
    add_dense(name + ".mlp.fc1", Shape{mlp, width});
    add_dense(name + ".mlp.fc2", Shape{width, mlp});
  }

  void add_projection(const TowerConfig& tower, std::int64_t size) {
    const ProjectionConfig& config = tower.projection;
    if (config.name.empty()) return;
    std::int64_t width = tower.pooled_width();
    if (config.hidden) {
      add_dense(std::string(config.hidden->name), Shape{config.hidden->units, width}, config.hidden->bias);
      width = config.hidden->units;
    }
    add_dense(std::string(config.name), Shape{size, width}, config.bias);
  }

  std::vector<ExpectedWeight> weights;

 private:
  void add(std::string name, const Shape& shape, WeightUse use) {
    weights.push_back({std::move(name), shape, use});
  }
};

void add_image_tower(List& list, const ImageTowerConfig& tower, std::int64_t projection_dim) {
  const std::int64_t width = tower.encoder.width;
  list.add_dense("vision_model.embeddings.patch_embedding", tower.patch_kernel(), tower.patch_bias);
  if (tower.class_token) list.add_vector("vision_model.embeddings.class_embedding", Shape{width});
  list.add_vector("vision_model.embeddings.position_embedding.weight", Shape{tower.positions(), width});
  if (tower.pre_norm) list.add_norm("vision_model.pre_layrnorm", width);
  list.add_encoder("vision_model", tower.encoder);
  list.add_norm("vision_model.post_layernorm", tower.final_norm_after_pool ? tower.pooled_width() : width);
  if (tower.pools_by_attention()) list.add_attention_pooling("vision_model.head", tower.attention_pooling());
  list.add_projection(tower, projection_dim);
}

void add_text_tower(List& list, const TextTowerConfig& tower, std::int64_t projection_dim) {
  const std::int64_t width = tower.encoder.width;
  list.add_table("text_model.embeddings.token_embedding.weight", Shape{tower.vocabulary_size, width});
  list.add_vector("text_model.embeddings.position_embedding.weight", Shape{tower.positions(), width});
  if (tower.has_class_token()) list.add_vector("text_model.embeddings.class_embedding", Shape{width});
  if (tower.token_types > 0) {
    list.add_vector("text_model.embeddings.token_type_embedding.weight", Shape{tower.token_types, width});
  }
  if (tower.embedding_norm) list.add_norm("text_model.embeddings.layer_norm", width);
  list.add_encoder("text_model", tower.encoder);
  if (tower.final_norm) list.add_norm("text_model.final_layer_norm", width);
  list.add_projection(tower, projection_dim);
}

}  // namespace

std::vector<ExpectedWeight> expected_weights(const ModelConfig& config) {
  List list;
  if (config.has_vision) add_image_tower(list, config.vision, config.projection_dim);
  if (config.has_text) add_text_tower(list, config.text, config.projection_dim);
  if (!config.has_both_towers()) return list.weights;
  list.add_vector("logit_scale", config.head.scalar);
  if (config.head.logit_bias) list.add_vector("logit_bias", config.head.scalar);
  return list.weights;
}

}  // namespace sightline
