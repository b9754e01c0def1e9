// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "sightline/model/config.h"
#include "sightline/nn/layer_config.h"

namespace sightline {

/// The ten constructor arguments of KerasCV's `CLIP`, with its defaults (clip-vit-base-patch32). The image
/// tower has a head for each 64 of its width, an MLP is four times as wide as its tower.
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

  /// The sizes of a model. The position of a text's largest id is its end, as in KerasCV.
  /// Errors: range (a size below 1, a width its heads do not divide, a patch larger than the image).
  CLIPConfig config() const;
  /// Under KerasCV's names, as `get_config` of a CLIP gives them.
  LayerConfig to_config() const;
  /// What is not there has its default. Errors: type; unsupported for a name that is no argument.
  static CLIPArguments from_config(const LayerConfig& config);
  /// What a model of this config would be made with; its heads and MLPs must be KerasCV's to make the same.
  static CLIPArguments of(const CLIPConfig& config);
  /// Of KerasCV's four presets by name; nothing for any other name.
  static std::optional<CLIPArguments> of_preset(std::string_view name);
};

}  // namespace sightline
