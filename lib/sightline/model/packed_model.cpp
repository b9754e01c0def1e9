// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/packed_model.h"

#include <utility>

#include "sightline/base/bytes.h"
#include "sightline/model/self_check.h"

namespace sightline {
namespace {

constexpr std::string_view kProbesPart = "self_check.embeddings";

class List {
 public:
  void add_vector(std::string name, const Shape& shape) {
    tensors.push_back({std::move(name), shape, PackedRole::vector});
  }
  void add_norm(const std::string& name, std::int64_t width) {
    add_vector(name + ".weight", Shape{width});
    add_vector(name + ".bias", Shape{width});
  }
  void add_matrix(const std::string& name, const Shape& shape) {
    tensors.push_back({name + ".weight", shape, PackedRole::matrix});
  }
  void add_dense(const std::string& name, const Shape& shape) {
    add_matrix(name, shape);
    add_vector(name + ".bias", Shape{shape[0]});
  }
  void add_encoder(const std::string& tower, const EncoderConfig& config) {
    const std::int64_t width = config.width, mlp = config.mlp_width;
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
      const std::string block = tower + ".encoder.layers." + std::to_string(layer) + ".";
      add_norm(block + "layer_norm1", width);
      for (const char* projection : {"q_proj", "k_proj", "v_proj", "out_proj"})
        add_dense(block + "self_attn." + projection, Shape{width, width});
      add_norm(block + "layer_norm2", width);
      add_dense(block + "mlp.fc1", Shape{mlp, width});
      add_dense(block + "mlp.fc2", Shape{width, mlp});
    }
  }

  std::vector<PackedTensor> tensors;
};

void add_image_tower(List& list, const ModelConfig& config) {
  const ImageTowerConfig& vision = config.vision;
  const std::int64_t width = vision.encoder.width, side = vision.image_size / vision.patch_size;
  const std::int64_t tokens = checked_add(checked_mul(side, side, "image_size"), 1, "image_size");
  list.add_matrix("vision_model.embeddings.patch_embedding",
                  Shape{width, vision.channels, vision.patch_size, vision.patch_size});
  list.add_vector("vision_model.embeddings.class_embedding", Shape{width});
  list.add_vector("vision_model.embeddings.position_embedding.weight", Shape{tokens, width});
  list.add_norm("vision_model.pre_layrnorm", width);
  list.add_encoder("vision_model", vision.encoder);
  list.add_norm("vision_model.post_layernorm", width);
  list.add_matrix("visual_projection", Shape{config.projection_dim, width});
}

void add_text_tower(List& list, const ModelConfig& config) {
  const TextTowerConfig& text = config.text;
  const std::int64_t width = text.encoder.width;
  list.tensors.push_back({"text_model.embeddings.token_embedding.weight", Shape{text.vocabulary_size, width},
                          PackedRole::table});
  list.add_vector("text_model.embeddings.position_embedding.weight", Shape{text.context_length, width});
  list.add_encoder("text_model", text.encoder);
  list.add_norm("text_model.final_layer_norm", width);
  list.add_matrix("text_projection", Shape{config.projection_dim, width});
}

}  // namespace

std::vector<PackedTensor> packed_tensors(const ModelConfig& config) {
  List list;
  add_image_tower(list, config);
  add_text_tower(list, config);
  list.add_vector("logit_scale", Shape{});
  list.tensors.push_back({std::string(kProbesPart), Shape{kCheckImages + kCheckTexts, config.projection_dim},
                          PackedRole::probes});
  return list.tensors;
}

std::shared_ptr<const PackedFile> open_packed_model(const std::string& path) {
  return PackedFile::open(path, [](std::string_view config) {
    return packed_tensors(ModelConfig::from_json(config, "config.json"));
  });
}

}  // namespace sightline
