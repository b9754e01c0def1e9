// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sightline {

/// `in` and `out` hold `pixels` pixels, 8 bits per sample, and must not overlap. All arithmetic follows
/// Pillow 13 (src/libImaging/Convert.c, AlphaComposite.c), so that every byte agrees.

/// RGBA over opaque white -> RGB: `alpha_composite` onto (255, 255, 255, 255), then alpha is dropped.
void composite_onto_white(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels);
/// RGBA -> RGB, alpha ignored.
void drop_alpha(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels);
/// RGBA -> RGBa: colours are multiplied by alpha. `in` and `out` may be the same.
void premultiply(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels);
/// RGBa -> RGB: colours are divided by alpha, and alpha is dropped.
void unpremultiply(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels);
/// CMYK (0 means no ink) -> RGB.
void cmyk_to_rgb(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels);
/// YCbCr, 3 bytes per pixel, -> RGB.
void ycbcr_to_rgb(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels);

}  // namespace sightline
