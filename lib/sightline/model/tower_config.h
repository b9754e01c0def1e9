// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sightline/nn/attention_pooling_config.h"
#include "sightline/nn/encoder_config.h"
#include "sightline/ops/attention.h"
#include "sightline/tensor/shape.h"

namespace sightline {

/// What represents an image or a text among the outputs of its encoder.
enum class Pooling {
  class_token,    ///< the row of the class embedding: the first of an image, the last of a text
  largest_id,     ///< the row of the largest id, the first one if there are several (texts)
  first_eos,      ///< the row of the first `eos_token_id`, or the first row if there is none (texts)
  last,           ///< the row of the last position (texts)
  first,          ///< the row of the first position (texts)
  mean,           ///< the mean of the rows of all patches, without that of the class embedding, or of all ids
  attention_map,  ///< a learned query attends to all rows, and an MLP follows (images; `AttentionPooling`)
  attention,      ///< a learned query attends to all rows, and both are normalised before (images; likewise)
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
  std::int64_t pooling_width = 0;  ///< size of what is pooled; 0: the width of the encoder
  ProjectionConfig projection;

  std::int64_t pooled_width() const { return pooling_width == 0 ? encoder.width : pooling_width; }

  bool operator==(const TowerConfig&) const = default;
};

/// A tower of images. The defaults are those of CLIP's ViT-B/32.
struct ImageTowerConfig : TowerConfig {
  constexpr ImageTowerConfig() { projection.name = "visual_projection"; }

  /// Number of patches along a side of the image; a remainder narrower than a patch is ignored.
  std::int64_t side() const { return image_size / patch_size; }
  /// Number of rows of an image of `image_size`: its patches, and the class embedding. Errors: range if it
  /// does not fit in 63 bits.
  std::int64_t tokens() const;
  /// Number of position embeddings. Errors: as for `tokens`.
  std::int64_t positions() const;
  /// Whether images have any size of whole patches, to which the position embeddings are resized.
  bool is_naflex() const { return max_patches > 0; }
  /// Whether patches are projected by a matrix of their values in the order row, column, channel, as in
  /// NaFlex.
  bool has_flat_kernel() const { return is_naflex() || position_side > 0; }
  /// The largest number of rows of an image that is prepared for the tower.
  std::int64_t most_tokens() const { return is_naflex() ? max_patches : tokens(); }
  /// Shape of the weight that projects patches.
  Shape patch_kernel() const;
  /// Whether a learned query pools the rows.
  bool pools_by_attention() const {
    return pooling == Pooling::attention_map || pooling == Pooling::attention;
  }
  /// The sizes and parts of `AttentionPooling`. Errors: as for `tokens`.
  AttentionPoolingConfig attention_pooling() const;

  std::int64_t image_size =
      224;  ///< side of the images, which are square; of the grid of positions in NaFlex
  std::int64_t patch_size = 32;
  std::int64_t channels = 3;
  /// NaFlex: most patches of an image, which nearly keeps its aspect ratio; 0: images have `image_size`.
  std::int64_t max_patches = 0;
  /// A NaFlex tower with images of one size: side of its grid of positions, which is resized to the patches
  /// of the image; 0: not such a tower.
  std::int64_t position_side = 0;
  bool class_token = true;             ///< a learned row before those of the patches
  bool patch_bias = false;             ///< the projection of patches has a bias
  bool pre_norm = true;                ///< the rows are normalised before the first block
  bool final_norm_after_pool = false;  ///< what is pooled is normalised, instead of the rows before
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
  std::int64_t positions() const {
    return position_offset + context_length + (has_class_token() ? 1 : 0) + unused_positions;
  }
  /// Whether a text is followed by a learned row (CoCa), at the position after the context. `pad_id` is set.
  /// A position has no effect on others if the id before it is the padding; the padding after the ids of a
  /// text therefore has one row, the first.
  bool has_class_token() const { return pooling == Pooling::class_token; }
  /// Whether texts that begin alike have their first rows in common.
  bool shares_prefixes() const { return mask == Mask::causal && !has_class_token(); }
  /// Number of rows of every text; 0: it depends on the number of its ids.
  std::int64_t fixed_rows() const {
    return mask == Mask::none && pad_id && !has_class_token() ? context_length : 0;
  }

  std::int64_t vocabulary_size = 49408;
  std::int64_t context_length = 77;   ///< most ids of a text
  std::int64_t eos_token_id = 49407;  ///< for Pooling::first_eos
  /// If set, every text has `context_length` rows: this id follows its own ids and takes part like them, if
  /// there is no class token.
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
