// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/bert_config.h"

namespace sightline {

/// A text model of the Hugging Face hub that other models contain. They name it and have no config of it.
struct HubTower {
  std::string_view name;
  BertDefaults defaults;
  std::string_view tokenizer;  ///< transformers' class
};

/// Null for an unknown name.
const HubTower* find_hub_tower(std::string_view name);
/// Errors: unsupported, with `subject`, for an unknown name.
const HubTower& hub_tower(std::string_view name, std::string_view subject);

}  // namespace sightline
