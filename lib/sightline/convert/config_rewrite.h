// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// Returns the text of a config.json with `torch_dtype` (or `dtype`, if it has that key) replaced, indented
/// by two spaces as in transformers. All other values are unchanged. Errors: those of JsonDocument.
std::string with_dtype(std::string_view config, std::string_view subject, std::string_view dtype);

}  // namespace sightline
