// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "sightline/weights/names.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 1> kMarkers = {"layers/clip_image_encoder/"};

constexpr NameRule rename(std::string_view name, std::string_view canonical,
                          TensorLayout layout = TensorLayout::same) {
  return {name, canonical, layout};
}

// Source: keras_cv/src/models/feature_extractor/clip, files written by keras-cv 0.9. Its converter swapped
// the rows and columns of the patch kernel; they are swapped back here.
constexpr std::array kRules = {
    rename("optimizer/vars/{}", "", TensorLayout::drop),
    rename("layers/clip_head/vars/0", "logit_scale", TensorLayout::scalar),
    rename("layers/clip_image_encoder/embeddings/vars/0", "vision_model.embeddings.class_embedding",
           TensorLayout::flat),
    rename("layers/clip_image_encoder/embeddings/vars/1",
           "vision_model.embeddings.position_embedding.weight"),
    rename("layers/clip_image_encoder/embeddings/conv1/vars/0",
           "vision_model.embeddings.patch_embedding.weight", TensorLayout::swapped_convolution),
    rename("layers/clip_image_encoder/layers/layer_normalization/vars/0", "vision_model.pre_layrnorm.weight"),
    rename("layers/clip_image_encoder/layers/layer_normalization/vars/1", "vision_model.pre_layrnorm.bias"),
    rename("layers/clip_image_encoder/layers/layer_normalization_1/vars/0",
           "vision_model.post_layernorm.weight"),
    rename("layers/clip_image_encoder/layers/layer_normalization_1/vars/1",
           "vision_model.post_layernorm.bias"),
    rename("layers/clip_image_encoder/image_projector/vars/0", "visual_projection.weight",
           TensorLayout::transpose),
    rename("layers/clip_text_encoder/layers/embedding/vars/0",
           "text_model.embeddings.token_embedding.weight"),
    rename("layers/clip_text_encoder/layers/embedding_1/vars/0",
           "text_model.embeddings.position_embedding.weight"),
    rename("layers/clip_text_encoder/layers/layer_normalization/vars/0",
           "text_model.final_layer_norm.weight"),
    rename("layers/clip_text_encoder/layers/layer_normalization/vars/1", "text_model.final_layer_norm.bias"),
    rename("layers/clip_text_encoder/layers/dense/vars/0", "text_projection.weight", TensorLayout::transpose),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/q_proj/vars/0",
           "vision_model.encoder.layers.{}.self_attn.q_proj.weight", TensorLayout::transpose),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/q_proj/vars/1",
           "vision_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/k_proj/vars/0",
           "vision_model.encoder.layers.{}.self_attn.k_proj.weight", TensorLayout::transpose),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/k_proj/vars/1",
           "vision_model.encoder.layers.{}.self_attn.k_proj.bias"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/v_proj/vars/0",
           "vision_model.encoder.layers.{}.self_attn.v_proj.weight", TensorLayout::transpose),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/v_proj/vars/1",
           "vision_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/out_proj/vars/0",
           "vision_model.encoder.layers.{}.self_attn.out_proj.weight", TensorLayout::transpose),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/attn/out_proj/vars/1",
           "vision_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/ln_1/vars/0",
           "vision_model.encoder.layers.{}.layer_norm1.weight"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/ln_1/vars/1",
           "vision_model.encoder.layers.{}.layer_norm1.bias"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/ln_2/vars/0",
           "vision_model.encoder.layers.{}.layer_norm2.weight"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/ln_2/vars/1",
           "vision_model.encoder.layers.{}.layer_norm2.bias"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_1/vars/0",
           "vision_model.encoder.layers.{}.mlp.fc1.weight", TensorLayout::transpose),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_1/vars/1",
           "vision_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_2/vars/0",
           "vision_model.encoder.layers.{}.mlp.fc2.weight", TensorLayout::transpose),
    rename("layers/clip_image_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_2/vars/1",
           "vision_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/q_proj/vars/0",
           "text_model.encoder.layers.{}.self_attn.q_proj.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/q_proj/vars/1",
           "text_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/k_proj/vars/0",
           "text_model.encoder.layers.{}.self_attn.k_proj.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/k_proj/vars/1",
           "text_model.encoder.layers.{}.self_attn.k_proj.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/v_proj/vars/0",
           "text_model.encoder.layers.{}.self_attn.v_proj.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/v_proj/vars/1",
           "text_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/out_proj/vars/0",
           "text_model.encoder.layers.{}.self_attn.out_proj.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/attn/out_proj/vars/1",
           "text_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/ln_1/vars/0",
           "text_model.encoder.layers.{}.layer_norm1.weight"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/ln_1/vars/1",
           "text_model.encoder.layers.{}.layer_norm1.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/ln_2/vars/0",
           "text_model.encoder.layers.{}.layer_norm2.weight"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/ln_2/vars/1",
           "text_model.encoder.layers.{}.layer_norm2.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_1/vars/0",
           "text_model.encoder.layers.{}.mlp.fc1.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_1/vars/1",
           "text_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_2/vars/0",
           "text_model.encoder.layers.{}.mlp.fc2.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/encoder/resblocks/residual_attention{_}/mlp_dense_2/vars/1",
           "text_model.encoder.layers.{}.mlp.fc2.bias"),
};

}  // namespace

const NameMap& kerascv_name_map() {
  static constexpr NameMap kMap{Dialect::kerascv, kMarkers, kRules};
  return kMap;
}

}  // namespace sightline
