// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline {

/// How text is cleaned before it is split: with Hugging Face's normaliser, or OpenAI's (HTML entities,
/// whitespace, Python's lower-casing; mojibake is not repaired as ftfy does).
enum class TextCleaning { hf, openai };

}  // namespace sightline
