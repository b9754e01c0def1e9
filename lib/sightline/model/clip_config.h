// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sightline/base/function_ref.h"
#include "sightline/model/family.h"
#include "sightline/model/json_object.h"
#include "sightline/model/transformers_config.h"

namespace sightline {

/// The `config.json` of CLIP and of the families whose towers, or whose image towers, are CLIP's. The names
/// in it are the family's.

/// What an `eos_token_id` of 2 means.
enum class EndRule {
  legacy,  ///< the largest id of a text, as in transformers' CLIP
  exact,   ///< that id
};

/// A tower's section; absent keys have the defaults of CLIPVisionConfig and CLIPTextConfig. Errors: those of
/// `Section`; unsupported for what would change the results.
ImageTowerConfig read_clip_vision(const Section& section, const Family& family);
TextTowerConfig read_clip_text(const Section& section, const Family& family, EndRule end);
/// A whole config: of both towers, or of one alone, which has a projection if `architectures` says so.
/// Errors: the same.
ModelConfig read_clip_config(const Json& root, const Family& family, EndRule end);
/// The same for a text tower of another kind. `projection_dim`: the default of the class.
ModelConfig read_clip_config(const Json& root, const Family& family, std::int64_t projection_dim,
                             TextTowerConfig (*read_text)(const Section& section));

/// The ids of a text's start and padding, which have no effect on the results.
struct SpecialIds {
  std::int64_t start, end, padding;
};
/// The text of a config.json (`Family::write`).
std::string write_clip_config(const ModelConfig& config, const SpecialIds& ids, std::string_view dtype);
/// The same for a text tower of another kind, whose members `write_text` adds in bytewise order.
std::string write_clip_config(const ModelConfig& config, FunctionRef<void(JsonObjectWriter& out)> write_text,
                              std::string_view dtype);

}  // namespace sightline
