// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/model/config.h"
#include "sightline/weights/names.h"

namespace sightline {

/// For a family whose towers no other program's config describes.
inline bool builds_none(const ModelConfig&) { return false; }
/// For a family whose files have the canonical names.
inline std::span<const NameRule> canonical_names() { return {}; }

/// A family of models: how transformers' `config.json` of one is recognised, read and written. The towers
/// themselves are built from the `ModelConfig` alone (`TowerConfig`), whatever the family. To add a family,
/// write a new file and list it in families.cpp.
struct Family {
  std::string_view name;     ///< "clip": its model_type, and the `family` of stored embeddings
  std::string_view title;    ///< "CLIP", for messages
  std::string_view classes;  ///< "CLIP": how transformers' names of its model classes begin
  /// model_type of a text tower and of an image tower, in its section or of a checkpoint of that tower alone.
  std::array<std::string_view, 2> tower_types;
  std::string_view image_processor;  ///< transformers' class, used if the files of a model name none
  std::string_view tokenizer;        ///< likewise
  std::span<const NameRule> (*names)() = canonical_names;  ///< its names that are not the canonical ones
  bool (*recognizes)(const Json& config);
  /// Whether transformers' class of this family can have these towers and this head. Sizes do not matter.
  bool (*builds)(const ModelConfig& config) = builds_none;
  /// Errors: missing, range, type; unsupported for anything that would change the results.
  ModelConfig (*read)(const Json& config);
  /// The text of a `config.json` from which transformers builds this model (`config_json`).
  std::string (*write)(const ModelConfig& config, std::string_view dtype);
};

/// All families in the order in which they are tried.
std::span<const Family* const> families();
const Family& clip_family();
const Family& siglip_family();
const Family& siglip2_family();
const Family& metaclip2_family();
/// Models of OpenCLIP which transformers has no class for. Not in the list: no config.json describes one.
const Family& openclip_family();
const Family& chinese_clip_family();
const Family& altclip_family();
const Family& m_clip_family();
const Family& sentence_transformers_family();

/// Whether the model_type of a `config.json` is that of the family or of one of its towers.
bool has_model_type(const Json& config, const Family& family);

/// The family that recognises a `config.json`. Errors: unsupported for another model_type; missing if there
/// is none and the towers are not described either.
const Family& family_of(const Json& config);

}  // namespace sightline
