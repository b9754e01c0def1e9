// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline {

/// How text is cleaned before it is split: with Hugging Face's normaliser, or OpenAI's (ftfy but
/// for its repair of text that was decoded wrongly, HTML entities, whitespace, Python's lower-casing).
enum class TextCleaning { hf, openai };

}  // namespace sightline
