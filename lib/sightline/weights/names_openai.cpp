// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "sightline/base/error.h"
#include "sightline/weights/names.h"
#include "sightline/weights/names_bert.h"

namespace sightline {
namespace {

// Long-CLIP trains the positions after the first 20 in a second table of the same shape
// (model/model_longclip.py, CLIP.encode_text). Its towers are OpenAI's.
constexpr std::string_view kPositions = "positional_embedding", kLongPositions = "positional_embedding_res";
constexpr std::int64_t kKeptPositions = 20;

// A state_dict of openai/CLIP stores these three sizes as tensors; one of OpenCLIP does not.
constexpr std::array<std::string_view, 4> kOpenAIMarkers = {"input_resolution", "context_length",
                                                            "vocab_size", kLongPositions};
// `text.` is the text tower of CustomTextCLIP.
constexpr std::array<std::string_view, 4> kOpenCLIPMarkers = {"visual.", "transformer.resblocks.",
                                                              "text.transformer.", "text.token_embedding."};

constexpr NameRule rename(std::string_view name, std::string_view canonical,
                          TensorLayout layout = TensorLayout::same) {
  return {name, canonical, layout};
}
constexpr NameRule third(std::string_view name, std::string_view canonical, std::int64_t part) {
  return {name, canonical, TensorLayout::part, part, 3};
}
constexpr NameRule drop(std::string_view name) { return {name, "", TensorLayout::drop}; }

// Source: openai/CLIP clip/model.py; open_clip model.py, transformer.py. `in_proj` stacks q, k and v.
// Projections are matrices that are multiplied from the right; OpenCLIP's text projection may be a Linear.
constexpr std::array kRules = {
    rename("logit_scale", "logit_scale", TensorLayout::scalar),
    rename("visual.proj", "visual_projection.weight", TensorLayout::transpose),
    rename("text_projection", "text_projection.weight", TensorLayout::transpose),
    rename("text_projection.weight", "text_projection.weight"),
    rename("visual.class_embedding", "vision_model.embeddings.class_embedding"),
    rename("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"),
    rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
    rename("visual.ln_pre.weight", "vision_model.pre_layrnorm.weight"),
    rename("visual.ln_pre.bias", "vision_model.pre_layrnorm.bias"),
    rename("visual.ln_post.weight", "vision_model.post_layernorm.weight"),
    rename("visual.ln_post.bias", "vision_model.post_layernorm.bias"),
    rename("token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
    rename("positional_embedding", "text_model.embeddings.position_embedding.weight"),
    rename("ln_final.weight", "text_model.final_layer_norm.weight"),
    rename("ln_final.bias", "text_model.final_layer_norm.bias"),
    drop("input_resolution"),
    drop("context_length"),
    drop("vocab_size"),
    drop("attn_mask"),
    drop("n_averaged"),  // the step counter of torch.optim.swa_utils.AveragedModel
    rename("visual.transformer.resblocks.{}.ln_1.weight",
           "vision_model.encoder.layers.{}.layer_norm1.weight"),
    rename("visual.transformer.resblocks.{}.ln_1.bias", "vision_model.encoder.layers.{}.layer_norm1.bias"),
    rename("visual.transformer.resblocks.{}.ln_2.weight",
           "vision_model.encoder.layers.{}.layer_norm2.weight"),
    rename("visual.transformer.resblocks.{}.ln_2.bias", "vision_model.encoder.layers.{}.layer_norm2.bias"),
    rename("visual.transformer.resblocks.{}.mlp.c_fc.weight",
           "vision_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("visual.transformer.resblocks.{}.mlp.c_fc.bias", "vision_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("visual.transformer.resblocks.{}.mlp.c_proj.weight",
           "vision_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("visual.transformer.resblocks.{}.mlp.c_proj.bias", "vision_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("visual.transformer.resblocks.{}.attn.out_proj.weight",
           "vision_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("visual.transformer.resblocks.{}.attn.out_proj.bias",
           "vision_model.encoder.layers.{}.self_attn.out_proj.bias"),
    third("visual.transformer.resblocks.{}.attn.in_proj_weight",
          "vision_model.encoder.layers.{}.self_attn.q_proj.weight", 0),
    third("visual.transformer.resblocks.{}.attn.in_proj_weight",
          "vision_model.encoder.layers.{}.self_attn.k_proj.weight", 1),
    third("visual.transformer.resblocks.{}.attn.in_proj_weight",
          "vision_model.encoder.layers.{}.self_attn.v_proj.weight", 2),
    third("visual.transformer.resblocks.{}.attn.in_proj_bias",
          "vision_model.encoder.layers.{}.self_attn.q_proj.bias", 0),
    third("visual.transformer.resblocks.{}.attn.in_proj_bias",
          "vision_model.encoder.layers.{}.self_attn.k_proj.bias", 1),
    third("visual.transformer.resblocks.{}.attn.in_proj_bias",
          "vision_model.encoder.layers.{}.self_attn.v_proj.bias", 2),
    rename("transformer.resblocks.{}.ln_1.weight", "text_model.encoder.layers.{}.layer_norm1.weight"),
    rename("transformer.resblocks.{}.ln_1.bias", "text_model.encoder.layers.{}.layer_norm1.bias"),
    rename("transformer.resblocks.{}.ln_2.weight", "text_model.encoder.layers.{}.layer_norm2.weight"),
    rename("transformer.resblocks.{}.ln_2.bias", "text_model.encoder.layers.{}.layer_norm2.bias"),
    rename("transformer.resblocks.{}.mlp.c_fc.weight", "text_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("transformer.resblocks.{}.mlp.c_fc.bias", "text_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("transformer.resblocks.{}.mlp.c_proj.weight", "text_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("transformer.resblocks.{}.mlp.c_proj.bias", "text_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("transformer.resblocks.{}.attn.out_proj.weight",
           "text_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("transformer.resblocks.{}.attn.out_proj.bias",
           "text_model.encoder.layers.{}.self_attn.out_proj.bias"),
    third("transformer.resblocks.{}.attn.in_proj_weight",
          "text_model.encoder.layers.{}.self_attn.q_proj.weight", 0),
    third("transformer.resblocks.{}.attn.in_proj_weight",
          "text_model.encoder.layers.{}.self_attn.k_proj.weight", 1),
    third("transformer.resblocks.{}.attn.in_proj_weight",
          "text_model.encoder.layers.{}.self_attn.v_proj.weight", 2),
    third("transformer.resblocks.{}.attn.in_proj_bias", "text_model.encoder.layers.{}.self_attn.q_proj.bias",
          0),
    third("transformer.resblocks.{}.attn.in_proj_bias", "text_model.encoder.layers.{}.self_attn.k_proj.bias",
          1),
    third("transformer.resblocks.{}.attn.in_proj_bias", "text_model.encoder.layers.{}.self_attn.v_proj.bias",
          2),
};

// What models of OpenCLIP have besides: the biases of the logits and of the text projection, and CoCa's class
// embedding and pooling by attention, of whose queries the first is the embedding. Its `in_proj_weight` is in
// three parts if the rows and the embeddings have different sizes.
constexpr std::array kVariants = {
    rename("logit_bias", "logit_bias", TensorLayout::scalar),
    rename("text_projection.bias", "text_model.head.bias"),
    rename("cls_emb", "text_model.embeddings.class_embedding"),
    rename("visual.attn_pool.query", "vision_model.head.probe", TensorLayout::first_row),
    rename("visual.attn_pool.ln_q.weight", "vision_model.head.query_norm.weight"),
    rename("visual.attn_pool.ln_q.bias", "vision_model.head.query_norm.bias"),
    rename("visual.attn_pool.ln_k.weight", "vision_model.head.row_norm.weight"),
    rename("visual.attn_pool.ln_k.bias", "vision_model.head.row_norm.bias"),
    rename("visual.attn_pool.attn.q_proj_weight", "vision_model.head.attention.q_proj.weight"),
    rename("visual.attn_pool.attn.k_proj_weight", "vision_model.head.attention.k_proj.weight"),
    rename("visual.attn_pool.attn.v_proj_weight", "vision_model.head.attention.v_proj.weight"),
    third("visual.attn_pool.attn.in_proj_weight", "vision_model.head.attention.q_proj.weight", 0),
    third("visual.attn_pool.attn.in_proj_weight", "vision_model.head.attention.k_proj.weight", 1),
    third("visual.attn_pool.attn.in_proj_weight", "vision_model.head.attention.v_proj.weight", 2),
    third("visual.attn_pool.attn.in_proj_bias", "vision_model.head.attention.q_proj.bias", 0),
    third("visual.attn_pool.attn.in_proj_bias", "vision_model.head.attention.k_proj.bias", 1),
    third("visual.attn_pool.attn.in_proj_bias", "vision_model.head.attention.v_proj.bias", 2),
    rename("visual.attn_pool.attn.out_proj.weight", "vision_model.head.attention.out_proj.weight"),
    rename("visual.attn_pool.attn.out_proj.bias", "vision_model.head.attention.out_proj.bias"),
};

// Image towers of the same two programs that are not vision transformers.
struct ForeignTower {
  std::string_view prefix;
  std::string_view name;
};
constexpr std::array kForeignTowers = {ForeignTower{"visual.layer1.", "a ResNet"},
                                       ForeignTower{"visual.trunk.stem.", "a convolutional timm tower"},
                                       ForeignTower{"visual.trunk.stages.", "a convolutional timm tower"}};

Weights check_vision_transformer(Weights weights) {
  for (const std::string& name : weights.names()) {
    for (const ForeignTower& tower : kForeignTowers) {
      if (!name.starts_with(tower.prefix)) continue;
      fail(ErrorCode::unsupported, name,
           "belongs to " + std::string(tower.name) + ", expected a vision transformer as image tower");
    }
  }
  return weights;
}

// Joins the two tables of Long-CLIP.
Weights with_long_positions(Weights weights) {
  weights = check_vision_transformer(std::move(weights));
  if (!weights.contains(kLongPositions)) return weights;
  if (!weights.contains(kPositions)) fail(ErrorCode::missing, kPositions, "is not in the weights");
  const StoredTensor kept = weights.extract(kPositions), rest = weights.extract(kLongPositions);
  if (rest.shape != kept.shape || rest.shape.rank() != 2 || rest.shape[0] <= kKeptPositions) {
    fail(ErrorCode::mismatch, kLongPositions,
         "has shape " + to_string(rest.shape) + ", expected that of " + std::string(kPositions) + ", " +
             to_string(kept.shape) + ", with more than " + std::to_string(kKeptPositions) + " rows");
  }
  const std::array<StoredTensor, 2> parts = {row_range(kept, 0, kKeptPositions),
                                             row_range(rest, kKeptPositions, rest.shape[0] - kKeptPositions)};
  weights.add(std::string(kPositions), concatenated(parts, kPositions));
  return weights;
}

// CustomTextCLIP keeps the text tower in a separate module, and CoCa also the decoder, which writes captions.
Weights without_text_prefix(Weights weights) {
  weights = check_vision_transformer(std::move(weights));
  constexpr std::string_view kPrefix = "text.", kDecoder = "text_decoder.";
  for (const std::string& name : weights.names()) {
    if (name.starts_with(kDecoder)) weights.extract(name);
    if (name.starts_with(kPrefix)) weights.add(name.substr(kPrefix.size()), weights.extract(name));
  }
  // A projection with a bias has the name that it has in SigLIP.
  if (weights.contains("text_projection.weight") && weights.contains("text_projection.bias"))
    weights.add("text_model.head.weight", weights.extract("text_projection.weight"));
  return weights;
}

}  // namespace

const NameMap& openai_name_map() {
  static constexpr NameMap kMap{Dialect::openai, kOpenAIMarkers, kRules, with_long_positions};
  return kMap;
}

const NameMap& openclip_name_map() {
  static const std::array<std::span<const NameRule>, 3> kTables = {kVariants, timm_rules(),
                                                                   openclip_bert_rules()};
  static const NameMap kMap{Dialect::openclip, kOpenCLIPMarkers, kRules, without_text_prefix, kTables};
  return kMap;
}

}  // namespace sightline
