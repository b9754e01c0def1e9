// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sightline/nn/encoder_config.h"
#include "sightline/ops/attention.h"
#include "sightline/tensor/shape.h"

namespace sightline {

/// What represents an image or a text among the outputs of its encoder.
enum class Pooling {
  class_token,    ///< the first row, that of the class embedding (images)
  largest_id,     ///< the row of the largest id, the first one if there are several (texts)
  first_eos,      ///< the row of the first `eos_token_id`, or the first row if there is none (texts)
  last,           ///< the row of the last position (texts)
  first,          ///< the row of the first position (texts)
  mean,           ///< the mean of the rows of all patches, without that of the class embedding, or of all ids
  attention_map,  ///< a learned query attends to all rows (images; `AttentionPooling`)
};

/// A linear layer before that of the projection.
struct HiddenProjection {
  std::string_view name;  ///< canonical name of its weights
  std::int64_t units = 0;
  bool bias = false;
  Activation activation = Activation::none;

  bool operator==(const HiddenProjection&) const = default;
};

/// The linear layer after the pooling.
struct ProjectionConfig {
  std::string_view name;  ///< canonical name of its weights; "" = what is pooled is the embedding
  bool bias = false;
  std::optional<HiddenProjection> hidden = {};

  bool operator==(const ProjectionConfig&) const = default;
};

/// What both kinds of towers have: which parts exist and how they are connected.
struct TowerConfig {
  EncoderConfig encoder;
  Mask mask = Mask::none;
  Pooling pooling = Pooling::class_token;
  ProjectionConfig projection;

  bool operator==(const TowerConfig&) const = default;
};

/// A tower of images. The defaults are those of CLIP's ViT-B/32.
struct ImageTowerConfig : TowerConfig {
  constexpr ImageTowerConfig() { projection.name = "visual_projection"; }

  /// Number of patches along a side of the image; a remainder narrower than a patch is ignored.
  std::int64_t side() const { return image_size / patch_size; }
  /// Number of rows of an image of `image_size`: its patches, and the class embedding. It is the number of
  /// position embeddings. Errors: range if it does not fit in 63 bits.
  std::int64_t tokens() const;
  /// Whether images have any size of whole patches, to which the position embeddings are resized.
  bool is_naflex() const { return max_patches > 0; }
  /// The largest number of rows of an image that is prepared for the tower.
  std::int64_t most_tokens() const { return is_naflex() ? max_patches : tokens(); }
  /// Shape of the weight that projects patches.
  Shape patch_kernel() const;
  /// What `AttentionPooling` has in common with a block of the encoder. Errors: as for `tokens`.
  EncoderConfig attention_pooling() const;

  std::int64_t image_size =
      224;  ///< side of the images, which are square; of the grid of positions in NaFlex
  std::int64_t patch_size = 32;
  std::int64_t channels = 3;
  /// NaFlex: most patches of an image, which nearly keeps its aspect ratio; 0: images have `image_size`.
  std::int64_t max_patches = 0;
  bool class_token = true;             ///< a learned row before those of the patches
  bool patch_bias = false;             ///< the projection of patches has a bias
  bool pre_norm = true;                ///< the rows are normalised before the first block
  bool final_norm_after_pool = false;  ///< with Pooling::mean, the mean is normalised instead of the rows
  std::optional<Rotary> rotary = {};   ///< positions of the patches in every block
  std::int64_t pooling_heads = 0;      ///< those of `AttentionPooling`; 0: as many as a block has
  std::int64_t pooling_mlp_ratio = 0;  ///< its MLP in terms of the width; 0: as wide as that of a block

  bool operator==(const ImageTowerConfig&) const = default;
};

/// A tower of texts. The defaults are those of CLIP's ViT-B/32.
struct TextTowerConfig : TowerConfig {
  constexpr TextTowerConfig() {
    mask = Mask::causal;
    pooling = Pooling::first_eos;
    projection.name = "text_projection";
  }

  /// Number of rows of the position embedding.
  std::int64_t positions() const { return position_offset + context_length + unused_positions; }

  std::int64_t vocabulary_size = 49408;
  std::int64_t context_length = 77;   ///< most ids of a text
  std::int64_t eos_token_id = 49407;  ///< for Pooling::first_eos
  /// If set, every text has `context_length` rows: this id follows its own ids and takes part like them.
  std::optional<std::int64_t> pad_id = {};
  /// Row of the position embedding for the first id. If it is not 0, the id before it is RoBERTa's padding:
  /// in the middle of a text it has the row of its own number, and is not counted.
  std::int64_t position_offset = 0;
  std::int64_t unused_positions = 0;  ///< rows of the position embedding beyond the context
  /// Rows of the table of token types (segments), of which the first is added to every id; 0: no such table.
  std::int64_t token_types = 0;
  bool embedding_norm = false;  ///< the rows are normalised before the first block
  bool final_norm = true;       ///< the pooled rows are normalised before the projection

  bool operator==(const TextTowerConfig&) const = default;
};

/// Whether two towers have the same parts, connected alike, whatever their sizes, ids, epsilons and
/// activations.
bool same_wiring(const ImageTowerConfig& a, ImageTowerConfig b);
bool same_wiring(const TextTowerConfig& a, TextTowerConfig b);

/// The weights that turn a cosine into a logit.
struct HeadConfig {
  Shape scalar = Shape{};   ///< shape of each of them: [] or [1]
  bool logit_bias = false;  ///< `logit_bias` is added to the product with the exponential of `logit_scale`
};

}  // namespace sightline
