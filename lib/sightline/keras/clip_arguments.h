// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/keras/layer_config.h"

namespace sightline {
struct ModelConfig;
}  // namespace sightline

namespace sightline::keras {

/// The constructor arguments of KerasCV's `CLIP` with its defaults (clip-vit-base-patch32), then those that
/// it fixes.
struct CLIPArguments {
  std::int64_t embed_dim = 512;
  std::int64_t image_resolution = 224;
  std::int64_t vision_layers = 12;
  std::int64_t vision_width = 768;
  std::int64_t vision_patch_size = 32;
  std::int64_t context_length = 77;
  std::int64_t vocab_size = 49408;
  std::int64_t transformer_width = 512;
  std::int64_t transformer_heads = 8;
  std::int64_t transformer_layers = 12;
  std::optional<std::int64_t> vision_heads = {};           ///< nothing = vision_width / 64
  std::optional<std::int64_t> vision_mlp_width = {};       ///< nothing = four times vision_width
  std::optional<std::int64_t> transformer_mlp_width = {};  ///< nothing = four times transformer_width
  std::string vision_activation = "quick_gelu";            ///< or "gelu"
  std::string transformer_activation = "quick_gelu";
  double vision_epsilon = 1e-5;  ///< of every norm of the image tower
  double transformer_epsilon = 1e-5;
  std::optional<std::int64_t> eos_token_id = {};  ///< nothing = a text ends at its largest id

  /// Errors: range (a size below 1, heads that do not divide a width, a patch larger than the image, an
  /// epsilon that is not above 0, an end below 0); unsupported for another activation.
  void check() const;
  /// Under these names, as `get_config` of a CLIP gives them: what has a default of its own is spelt out, and
  /// an end that is not set is left out.
  LayerConfig to_config() const;
  /// An argument that is absent has its default. Errors: type; unsupported for a name that is not an
  /// argument.
  static CLIPArguments from_config(const LayerConfig& config);
  /// Of KerasCV's four presets by name; nothing for any other name.
  static std::optional<CLIPArguments> of_preset(std::string_view name);

  /// The engine's form. Errors: as `check`.
  ModelConfig engine_config() const;
  static CLIPArguments of(const ModelConfig& config);
};

}  // namespace sightline::keras
