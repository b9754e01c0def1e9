// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sightline {

/// A program whose names and layouts the tensors of a checkpoint have (`NameMap`).
enum class Dialect { hf, openai, openclip, kerascv, kerashub, gguf };

/// "openclip", as in options and messages.
std::string_view dialect_name(Dialect dialect);

}  // namespace sightline
