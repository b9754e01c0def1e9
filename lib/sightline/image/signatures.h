#pragma once

#include "sightline/base/bytes.h"

namespace sightline {

/// Whether a file begins like an image of one format. The first bytes decide, never the name; what stands
/// behind them may be wrong, and then the codec says so. Formats are known whether or not a build reads them.
bool is_jpeg(ByteView file);
bool is_png(ByteView file);

}  // namespace sightline
