// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "sightline/model/config_section.h"
#include "sightline/model/family.h"

namespace sightline {

/// What the `config.json` files of transformers' dual encoders have in common.

/// The class defaults of a tower's section.
struct EncoderDefaults {
  std::int64_t width, heads, mlp_width;
  double epsilon = 1e-5;
  std::string_view activation = "quick_gelu";
  std::int64_t layers = 12;
};

/// The section of a tower; empty if there is none. A legacy `text_config_dict` replaces `text_config`.
/// Errors: type.
Section tower_section(const Json& root, std::string_view name);

/// The sections of the towers that a config describes.
struct TowerSections {
  std::optional<Section> vision, text;
};
/// Both sections; or, if the model_type is that of a tower of `family`, the whole config as that of this
/// tower alone. Errors: type.
TowerSections tower_sections(const Json& root, const Family& family);

/// Whether `architectures` names a class that ends with `suffix`, as "CLIPTextModelWithProjection" does.
/// Errors: type.
bool has_architecture(const Json& root, std::string_view suffix);

/// Errors: unsupported for a config with which transformers quantizes the weights as it loads them.
void check_not_quantized(const Json& root);

/// Checks the model_type of a tower's section: that of the tower alone or of its family. Errors: unsupported.
void check_tower_type(const Section& section, std::string_view tower, std::string_view family);

/// Rejects nulls that transformers rejects too; a default value would hide them. Errors: type.
void check_no_null(const Section& section, std::initializer_list<std::string_view> keys);

/// The keys of the encoder. Errors: those of `Section`; unsupported for an unknown activation.
EncoderConfig read_encoder(const Section& section, const EncoderDefaults& defaults);

/// Image size, patch size and channels into `config`, whose values are the defaults. Errors: those of
/// `Section`; unsupported for other images than RGB.
void read_image(const Section& section, ImageTowerConfig& config);
/// The channels alone. Errors: as above.
void read_channels(const Section& section, ImageTowerConfig& config);

/// Vocabulary and context length into `config`, whose values are the defaults. Errors: those of `Section`.
void read_vocabulary(const Section& section, TextTowerConfig& config);

}  // namespace sightline
