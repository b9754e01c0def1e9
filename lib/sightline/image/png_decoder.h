// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/image/codec.h"

namespace sightline {

/// What decodes a PNG. Both give the same rows, warnings and errors.
enum class PngDecoder {
  fastest,  ///< `PngRows` where it can, else libpng
  libpng,
};

/// As `png_codec().open`, with a choice of the decoder for tests.
std::unique_ptr<RowReader> open_png(ByteView file, const ImageLimits& limits, ImageWarnings* warnings,
                                    PngDecoder decoder);

}  // namespace sightline
