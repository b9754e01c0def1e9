// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// The text of a model's config.json with another `torch_dtype` (or `dtype`, where it has that one), indented
/// by two as transformers writes it. All other values stay. Errors: those of JsonDocument.
std::string with_dtype(std::string_view config, std::string_view subject, std::string_view dtype);

}  // namespace sightline
