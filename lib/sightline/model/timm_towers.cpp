// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/timm_towers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

/// Several models whose names differ in the size of the images: `vit_base_patch16_siglip_` and "224 256". A
/// name without a size leaves it to the config.
struct Row {
  std::string_view prefix, image_sizes;
  EncoderConfig encoder;
  std::int64_t patch_size;
  void (*wire)(ImageTowerConfig& config);
};

// pre_norm=True, norm_layer=partial(LayerNorm, eps=1e-5); timm's epsilon is 1e-6 otherwise.
void clip(ImageTowerConfig& config) { config.encoder.epsilon = 1e-5F; }

void plain(ImageTowerConfig& config) {
  config.pre_norm = false;
  config.patch_bias = true;
}

// class_token=False, global_pool='map'
void siglip(ImageTowerConfig& config) {
  plain(config);
  config.class_token = false;
  config.pooling = Pooling::attention_map;
}

// NaFlexVitCfg(pos_embed_grid_size=(16, 16), pos_embed_interp_mode='bilinear')
void naflex(ImageTowerConfig& config) {
  siglip(config);
  config.position_side = 16;
}

// class_token=False, global_pool='avg', fc_norm=False
void siglip_mean(ImageTowerConfig& config) {
  siglip(config);
  config.pooling = Pooling::mean;
}

// EvaAttention(qkv_fused=True): biases of queries and values only.
void eva(ImageTowerConfig& config) {
  plain(config);
  config.encoder.key_bias = false;
}

// Built with global_pool='avg'.
void eva_mean(ImageTowerConfig& config) {
  eva(config);
  config.pooling = Pooling::mean;
}

// use_post_norm=True
void eva_enormous(ImageTowerConfig& config) {
  eva(config);
  config.encoder.norm_order = NormOrder::on_branch;
}

// swiglu_mlp, scale_mlp, scale_attn_inner, use_rot_pos_emb; its grid of 16 x 16 whatever the patches.
void eva02(ImageTowerConfig& config) {
  eva(config);
  config.encoder.mlp = MlpKind::swiglu;
  config.encoder.attention_norm = config.encoder.mlp_norm = true;
  config.rotary = Rotary{.reference = 16};
}

// The Perception Encoder: attn_pool_num_heads=8, attn_pool_mlp_ratio=4, rope_grid_indexing='xy'.
template <std::int64_t kReference>
void pe(ImageTowerConfig& config) {
  clip(config);
  config.pooling = Pooling::attention_map;
  config.pooling_heads = 8;
  config.pooling_mlp_ratio = 4;
  config.rotary = Rotary{.reference = kReference, .offset = 1, .column_first = true};
}

// class_token=False, without rope_grid_offset.
void pe_gigantic(ImageTowerConfig& config) {
  pe<32>(config);
  config.class_token = false;
  config.rotary->offset = 0;
}

// Width, heads, width of the MLP, layers.
constexpr EncoderConfig size(std::int64_t width, std::int64_t heads, std::int64_t mlp_width,
                             std::int64_t layers, Activation activation) {
  return {width, heads, mlp_width, layers, 1e-6F, activation};
}
constexpr EncoderConfig xsmall(Activation a) { return size(256, 4, 1024, 10, a); }
constexpr EncoderConfig medium(Activation a) { return size(512, 8, 2048, 12, a); }
constexpr EncoderConfig betwixt(Activation a) { return size(640, 10, 2560, 12, a); }
constexpr EncoderConfig base(Activation a) { return size(768, 12, 3072, 12, a); }
constexpr EncoderConfig plus(Activation a) { return size(896, 14, 3584, 12, a); }
constexpr EncoderConfig large(Activation a) { return size(1024, 16, 4096, 24, a); }
constexpr EncoderConfig so400m(Activation a) { return size(1152, 16, 4304, 27, a); }
constexpr EncoderConfig huge(Activation a) { return size(1280, 16, 5120, 32, a); }
constexpr EncoderConfig giant(Activation a) { return size(1408, 16, 6144, 40, a); }
constexpr EncoderConfig giantopt(Activation a) { return size(1536, 16, 6144, 40, a); }
constexpr EncoderConfig gigantic(Activation a) { return size(1664, 16, 8192, 48, a); }

constexpr Activation kExact = Activation::gelu, kTanh = Activation::gelu_tanh,
                     kQuick = Activation::quick_gelu;

// Source: timm 1.0.31, models/vision_transformer.py, models/eva.py, models/naflexvit.py.
constexpr std::array kRows = {
    Row{"vit_base_patch32_siglip_", "256", base(kTanh), 32, siglip},
    Row{"vit_base_patch16_siglip_", "224 256 384 512", base(kExact), 16, siglip},
    Row{"vit_large_patch16_siglip_", "256 384", large(kExact), 16, siglip},
    Row{"vit_large_patch16_siglip_", "512", large(kTanh), 16, siglip},
    Row{"vit_so400m_patch14_siglip_", "224 378 384", so400m(kExact), 14, siglip},
    Row{"vit_so400m_patch16_siglip_", "256 384 512", so400m(kTanh), 16, siglip},
    Row{"vit_giantopt_patch16_siglip_", "256 384", giantopt(kTanh), 16, siglip},
    Row{"vit_base_patch32_siglip_gap_", "256", base(kTanh), 32, siglip_mean},
    Row{"vit_base_patch16_siglip_gap_", "224 256 384 512", base(kExact), 16, siglip_mean},
    Row{"vit_large_patch16_siglip_gap_", "256 384", large(kExact), 16, siglip_mean},
    Row{"vit_large_patch16_siglip_gap_", "512", large(kTanh), 16, siglip_mean},
    Row{"vit_so400m_patch14_siglip_gap_", "224 378 384 448 896", so400m(kExact), 14, siglip_mean},
    Row{"vit_so400m_patch16_siglip_gap_", "256 384 512", so400m(kTanh), 16, siglip_mean},
    Row{"vit_giantopt_patch16_siglip_gap_", "256 384", giantopt(kTanh), 16, siglip_mean},
    Row{"naflexvit_base_patch16_siglip", "", base(kTanh), 16, naflex},
    Row{"naflexvit_so400m_patch16_siglip", "", so400m(kTanh), 16, naflex},
    Row{"vit_xsmall_patch16_clip_", "224", xsmall(kExact), 16, clip},
    Row{"vit_medium_patch32_clip_", "224", medium(kExact), 32, clip},
    Row{"vit_medium_patch16_clip_", "224", medium(kExact), 16, clip},
    Row{"vit_betwixt_patch32_clip_", "224", betwixt(kExact), 32, clip},
    Row{"vit_base_patch32_clip_", "224 256 384 448", base(kExact), 32, clip},
    Row{"vit_base_patch16_clip_", "224 384", base(kExact), 16, clip},
    Row{"vit_base_patch16_plus_clip_", "240", plus(kExact), 16, clip},
    Row{"vit_large_patch14_clip_", "224 336", large(kExact), 14, clip},
    Row{"vit_huge_patch14_clip_", "224 336 378", huge(kExact), 14, clip},
    Row{"vit_giant_patch14_clip_", "224", giant(kExact), 14, clip},
    Row{"vit_gigantic_patch14_clip_", "224 378", gigantic(kExact), 14, clip},
    Row{"vit_base_patch32_clip_quickgelu_", "224", base(kQuick), 32, clip},
    Row{"vit_base_patch16_clip_quickgelu_", "224", base(kQuick), 16, clip},
    Row{"vit_large_patch14_clip_quickgelu_", "224 336", large(kQuick), 14, clip},
    Row{"vit_huge_patch14_clip_quickgelu_", "224 378", huge(kQuick), 14, clip},
    Row{"vit_gigantic_patch14_clip_quickgelu_", "224", gigantic(kQuick), 14, clip},
    Row{"eva_giant_patch14_clip_", "224", giant(kExact), 14, eva},
    Row{"eva_giant_patch14_", "224 336 560", giant(kExact), 14, eva_mean},
    Row{"eva02_base_patch16_clip_", "224", size(768, 12, 2048, 12, kExact), 16, eva02},
    Row{"eva02_large_patch14_clip_", "224 336", size(1024, 16, 2730, 24, kExact), 14, eva02},
    Row{"eva02_enormous_patch14_clip_", "224", size(1792, 16, 15360, 64, kExact), 14, eva_enormous},
    Row{"vit_pe_core_tiny_patch16_", "384", size(192, 3, 768, 12, kExact), 16, pe<24>},
    Row{"vit_pe_core_small_patch16_", "384", size(384, 6, 1536, 12, kExact), 16, pe<24>},
    Row{"vit_pe_core_base_patch16_", "224", base(kExact), 16, pe<14>},
    Row{"vit_pe_core_large_patch14_", "336", large(kExact), 14, pe<24>},
    Row{"vit_pe_core_gigantic_patch14_", "448", size(1536, 16, 8960, 50, kExact), 14, pe_gigantic},
    Row{"vit_base_patch32_", "224 384", base(kExact), 32, plain},
    Row{"vit_base_patch16_", "224 384", base(kExact), 16, plain},
    Row{"vit_large_patch16_", "224 384", large(kExact), 16, plain},
};

// The beginnings of the names of towers with convolutions beyond the projection of patches.
constexpr std::array<std::string_view, 9> kConvolutional = {"convnext",     "fastvit",      "vitamin",
                                                            "vit_base_mci", "efficientnet", "tf_efficientnet",
                                                            "resnet",       "regnet",       "nfnet"};

bool lists(std::string_view sizes, std::string_view size) {
  while (!sizes.empty()) {
    const std::size_t end = std::min(sizes.find(' '), sizes.size());
    if (sizes.substr(0, end) == size) return true;
    sizes.remove_prefix(std::min(end + 1, sizes.size()));
  }
  return false;
}

}  // namespace

ImageTowerConfig timm_image_tower(std::string_view name, std::string_view subject) {
  for (const Row& row : kRows) {
    if (!name.starts_with(row.prefix)) continue;
    const std::string_view image_size = name.substr(row.prefix.size());
    if (row.image_sizes.empty() ? !image_size.empty() : !lists(row.image_sizes, image_size)) continue;
    ImageTowerConfig config;
    config.encoder = row.encoder;
    config.patch_size = row.patch_size;
    std::from_chars(image_size.data(), image_size.data() + image_size.size(), config.image_size);
    config.projection = {};
    row.wire(config);
    return config;
  }
  const bool convolutional =
      std::ranges::any_of(kConvolutional, [&](std::string_view prefix) { return name.starts_with(prefix); });
  fail(ErrorCode::unsupported, subject,
       "is \"" + std::string(name) + "\", " +
           (convolutional ? "a convolutional tower; only transformers are supported"
                          : "an image tower of timm that is not supported"));
}

}  // namespace sightline
