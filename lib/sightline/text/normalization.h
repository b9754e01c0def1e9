// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/text/unicode.h"

namespace sightline {

enum class NormalizationForm { nfc, nfd, nfkc, nfkd };

/// Source: Unicode 16.0, section 3.11 (Hangul 3.12) and its UnicodeData.
CodePoints normalize(CodePoints text, NormalizationForm form);

/// Canonical composition.
CodePoints normalize_nfc(CodePoints text);

}  // namespace sightline
