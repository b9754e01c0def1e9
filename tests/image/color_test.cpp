// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/color.h"

#include <cmath>
#include <vector>

#include "support/catch.h"

using namespace sightline;

TEST_CASE("color: every level and alpha over white is the rounded mean, and opaque pixels stay", "[image]") {
  std::vector<std::uint8_t> in;
  for (int alpha = 0; alpha < 256; ++alpha) {
    for (int level = 0; level < 256; ++level) {
      const int other = 255 - level;
      for (const int sample : {level, other, level / 2, alpha}) {
        in.push_back(static_cast<std::uint8_t>(sample));
      }
    }
  }
  const std::size_t pixels = in.size() / 4;
  std::vector<std::uint8_t> out(3 * pixels), dropped(3 * pixels);
  composite_onto_white(in.data(), out.data(), pixels);
  drop_alpha(in.data(), dropped.data(), pixels);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double alpha = in[4 * i + 3] / 255.0;
      const double mean = in[4 * i + c] * alpha + 255.0 * (1.0 - alpha);
      wrong += std::abs(out[3 * i + c] - mean) > 0.501 ? 1 : 0;
      wrong += in[4 * i + 3] == 255 && out[3 * i + c] != in[4 * i + c] ? 1 : 0;
      wrong += dropped[3 * i + c] != in[4 * i + c] ? 1 : 0;
    }
  }
  CHECK(wrong == 0);
}
