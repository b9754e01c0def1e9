// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/text/unicode.h"

namespace sightline {

/// Canonical composition. Source: Unicode 16.0, section 3.11 (Hangul 3.12) and its UnicodeData.
CodePoints normalize_nfc(CodePoints text);

}  // namespace sightline
