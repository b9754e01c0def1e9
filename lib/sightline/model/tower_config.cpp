// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/tower_config.h"

#include "sightline/base/bytes.h"

namespace sightline {
namespace {

void copy_sizes(const EncoderConfig& from, EncoderConfig& to) {
  to.width = from.width;
  to.heads = from.heads;
  to.mlp_width = from.mlp_width;
  to.layers = from.layers;
  to.epsilon = from.epsilon;
  to.activation = from.activation;
}

}  // namespace

std::int64_t ImageTowerConfig::tokens() const {
  return checked_add(checked_mul(side(), side(), "image_size"), class_token ? 1 : 0, "image_size");
}

std::int64_t ImageTowerConfig::positions() const {
  return position_side > 0 ? checked_mul(position_side, position_side, "image_size") : tokens();
}

AttentionPoolingConfig ImageTowerConfig::attention_pooling() const {
  AttentionPoolingConfig config;
  config.block.width = pooled_width();
  config.block.heads = pooling_heads == 0 ? encoder.heads : pooling_heads;
  config.block.mlp_width =
      pooling_mlp_ratio == 0 ? encoder.mlp_width : checked_mul(pooling_mlp_ratio, encoder.width, "width");
  config.block.epsilon = encoder.epsilon;
  config.block.activation = encoder.activation;
  config.row_width = encoder.width;
  config.input_norms = pooling == Pooling::attention;
  config.mlp = pooling == Pooling::attention_map;
  return config;
}

bool same_wiring(const ImageTowerConfig& a, ImageTowerConfig b) {
  copy_sizes(a.encoder, b.encoder);
  b.image_size = a.image_size;
  b.patch_size = a.patch_size;
  b.channels = a.channels;
  if (a.is_naflex() && b.is_naflex()) b.max_patches = a.max_patches;
  return a == b;
}

bool same_wiring(const TextTowerConfig& a, TextTowerConfig b) {
  copy_sizes(a.encoder, b.encoder);
  b.vocabulary_size = a.vocabulary_size;
  b.context_length = a.context_length;
  b.eos_token_id = a.eos_token_id;
  b.unused_positions = a.unused_positions;
  if (a.pad_id && b.pad_id) b.pad_id = a.pad_id;
  return a == b;
}

Shape ImageTowerConfig::patch_kernel() const {
  if (has_flat_kernel()) return {encoder.width, patch_size * patch_size * channels};
  return {encoder.width, channels, patch_size, patch_size};
}

}  // namespace sightline
