// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "sightline/model/config_section.h"

namespace sightline {

/// A key with its only supported value.
struct FixedKey {
  std::string_view key, value;
};
/// The known keys of a section of OpenCLIP's config. `free` keys are read or have no effect on the results;
/// `fixed` keys must have one value; all other keys must be empty.
struct KnownKeys {
  std::span<const std::string_view> free;
  std::span<const FixedKey> fixed = {};
};
/// Errors: unsupported for any other key or value.
void check_keys(const Section& section, const KnownKeys& known);

/// The keys that `vision_cfg` and `text_cfg` share: `layers`, `mlp_ratio`, `norm_kwargs`, `act_kwargs`.
/// Errors: range; unsupported.
EncoderConfig openclip_encoder(const Section& section, std::int64_t width, bool quick_gelu);

/// The image tower that OpenCLIP builds for `vision_cfg`: its own vision transformer or one of timm.
/// Errors: range, type; unsupported for anything that would change the results.
ImageTowerConfig openclip_image_tower(const Section& section, std::int64_t projection_dim, bool quick_gelu);
/// The text tower for `text_cfg`. Errors: the same.
TextTowerConfig openclip_text_tower(const Section& section, bool quick_gelu);
/// The tokenizer of `text_cfg`: `hf_tokenizer_name`, `tokenizer_kwargs`. Errors: unsupported.
TokenizerRule openclip_tokenizer(const Section& section);
/// The text tower for a `text_cfg` that names one of the hub (`hf_model_name`). Its config is not among the
/// files of a model: it is known by the name, and changed by `hf_model_config`. Errors: the same.
/// Source: open_clip hf_model.py (HFTextEncoder).
TextTowerConfig openclip_hub_text_tower(const Section& section, std::int64_t projection_dim);
/// The class of its tokenizer, if the files name none. Errors: unsupported for an unknown name.
std::string_view openclip_hub_tokenizer(const Section& section);

}  // namespace sightline
