// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_openclip_towers.h"

#include <array>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/timm_towers.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 23> kVisionKeys = {"layers",
                                                          "width",
                                                          "head_width",
                                                          "mlp_ratio",
                                                          "patch_size",
                                                          "image_size",
                                                          "norm_kwargs",
                                                          "patch_dropout",
                                                          "output_tokens",
                                                          "attentional_pool",
                                                          "attn_pooler_queries",
                                                          "attn_pooler_heads",
                                                          "n_queries",
                                                          "final_ln_after_pool",
                                                          "no_ln_pre",
                                                          "act_kwargs",
                                                          "pool_type",
                                                          "timm_model_pretrained",
                                                          "timm_pool",
                                                          "timm_proj",
                                                          "timm_proj_bias",
                                                          "timm_drop",
                                                          "timm_drop_path"};
constexpr std::array kFixed = {FixedKey{"pos_embed_type", "learnable"}};
// Those with an effect if the tower is one of timm; it ignores quick_gelu and the sizes of OpenCLIP's own.
constexpr std::array<std::string_view, 17> kTimmKeys = {"timm_model_name", "timm_model_pretrained",
                                                        "timm_pool",       "timm_proj",
                                                        "timm_proj_bias",  "timm_drop",
                                                        "timm_drop_path",  "timm_model_kwargs",
                                                        "image_size",      "patch_dropout",
                                                        "layers",          "width",
                                                        "head_width",      "patch_size",
                                                        "output_tokens",   "mlp_ratio",
                                                        "image_seq_len"};
constexpr std::array<std::string_view, 6> kTimmSizes = {"embed_dim", "depth",    "num_heads",
                                                        "mlp_ratio", "img_size", "patch_size"};

// A null means "", not the default.
std::string text_or_none(const Section& section, std::string_view key, std::string_view fallback) {
  const std::optional<Json> value = section.object()->find(key);
  return value && value->is_null() ? "" : section.text(key, fallback);
}

// The sizes in which a tower differs from that of its name.
void read_timm_kwargs(const Section& section, ImageTowerConfig& config) {
  check_keys(section, {kTimmSizes});
  EncoderConfig& encoder = config.encoder;
  const double ratio = static_cast<double>(encoder.mlp_width) / static_cast<double>(encoder.width);
  encoder.width = section.integer("embed_dim", encoder.width, 1, kMaxWidth);
  encoder.layers = section.integer("depth", encoder.layers, 1, kMaxLayers);
  encoder.heads = section.integer("num_heads", encoder.heads, 1, kMaxWidth);
  encoder.mlp_width =
      scaled_width(encoder.width, section.positive("mlp_ratio", ratio), section.subject("mlp_ratio"));
  check_heads(encoder, section.subject("num_heads"));
  config.image_size = section.side("img_size", config.image_size);
  config.patch_size = section.side("patch_size", config.patch_size);
  check_patch(config, section.subject("patch_size"));
}

// `head`: timm's classifier, which pools as it was built. Otherwise timm changes the pooling of a tower that
// it has built, whose norm stays in its place.
void read_timm_pool(const Section& section, bool head, ImageTowerConfig& config) {
  const std::string pool = text_or_none(section, "timm_pool", "avg");
  const Pooling built = config.pooling;
  if (pool == "token") {
    config.pooling = Pooling::class_token;
  } else if (pool == "map") {
    config.pooling = Pooling::attention_map;
  } else if (pool == "avg") {
    config.pooling = Pooling::mean;
  } else if (!pool.empty() || head) {
    fail(ErrorCode::unsupported, section.subject("timm_pool"),
         "is \"" + pool + "\", expected \"token\", \"map\" or \"avg\"");
  }
  const bool maps = config.pooling == Pooling::attention_map && built == Pooling::attention_map;
  const bool possible = config.class_token ? config.pooling == Pooling::class_token || maps
                                           : config.pooling != Pooling::class_token;
  if (!possible || (config.pooling == Pooling::mean && built != Pooling::mean)) {
    fail(ErrorCode::unsupported, section.subject("timm_pool"),
         "is \"" + pool + "\", which is not supported for this tower");
  }
}

ImageTowerConfig read_timm(const Section& section) {
  check_keys(section, {kTimmKeys});
  ImageTowerConfig config =
      timm_image_tower(section.text("timm_model_name", ""), section.subject("timm_model_name"));
  read_timm_kwargs(section.section("timm_model_kwargs"), config);
  // OpenCLIP's preprocessing gives images of one size also to a NaFlex tower, unless its training asks for
  // more.
  if (config.position_side > 0) config.image_size = section.side("image_size", 224);
  check_patch(config, section.subject("image_size"));
  const std::string proj = text_or_none(section, "timm_proj", "linear");
  if (proj != "" && proj != "none" && proj != "linear") {
    fail(ErrorCode::unsupported, section.subject("timm_proj"),
         "is \"" + proj + "\", expected \"linear\", \"none\" or \"\"");
  }
  read_timm_pool(section, proj != "linear", config);
  config.projection = {};
  if (proj == "linear") config.projection = {"visual_projection", section.boolean("timm_proj_bias", false)};
  if (proj.empty()) config.projection = {"visual_projection", true};
  return config;
}

// The queries of OpenCLIP's pooling have the size of the embeddings. Only the first one makes an embedding;
// the others are for CoCa's decoder.
void read_attentional_pool(const Section& section, std::int64_t projection_dim, ImageTowerConfig& config) {
  config.pooling = Pooling::attention;
  config.final_norm_after_pool = true;
  config.pooling_width = projection_dim;
  config.pooling_heads = section.integer("attn_pooler_heads", 8, 1, kMaxWidth);
  check_heads(config.attention_pooling().block, section.subject("attn_pooler_heads"));
}

}  // namespace

ImageTowerConfig openclip_image_tower(const Section& section, std::int64_t projection_dim, bool quick_gelu) {
  if (section.find("timm_model_name")) return read_timm(section);
  if (const auto layers = section.find("layers"); layers && layers->is_array())
    fail(ErrorCode::unsupported, layers->path(),
         "is a list, which describes a ResNet; only vision transformers are supported");
  check_keys(section, {kVisionKeys, kFixed});
  ImageTowerConfig config;
  config.encoder = openclip_encoder(section, section.integer("width", 768, 1, kMaxWidth), quick_gelu);
  config.encoder.heads = config.encoder.width / section.integer("head_width", 64, 1, kMaxWidth);
  check_heads(config.encoder, section.subject("head_width") + " (heads)");
  config.image_size = section.side("image_size", 224);
  config.patch_size = section.side("patch_size", 16);
  check_patch(config, section.subject("patch_size"));
  config.pre_norm = !section.boolean("no_ln_pre", false);
  const std::string pool = section.text("pool_type", "tok");
  if (const auto kind = section.find("attentional_pool"); kind && kind->is_string()) {
    fail(ErrorCode::unsupported, kind->path(),
         "is \"" + std::string(kind->as_string()) + "\", expected true or false");
  }
  if (section.boolean("attentional_pool", false)) {
    if (pool != "tok") {
      fail(ErrorCode::unsupported, section.subject("pool_type"),
           "is \"" + pool + "\" with attentional_pool, expected \"tok\"");
    }
    read_attentional_pool(section, projection_dim, config);
  } else if (pool == "avg") {
    config.pooling = Pooling::mean;
    config.final_norm_after_pool = section.boolean("final_ln_after_pool", false);
  } else if (pool != "tok") {
    fail(ErrorCode::unsupported, section.subject("pool_type"),
         "is \"" + pool + "\", expected \"tok\" or \"avg\"");
  }
  return config;
}

}  // namespace sightline
