// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sightline/model/clip.h"

namespace sightline::testing {

/// Small, and what no default is.
inline const CLIPArguments kSmall = {.embed_dim = 24,
                                     .image_resolution = 32,
                                     .vision_layers = 2,
                                     .vision_width = 128,
                                     .vision_patch_size = 16,
                                     .context_length = 9,
                                     .vocab_size = 50,
                                     .transformer_width = 32,
                                     .transformer_heads = 2,
                                     .transformer_layers = 3};

struct Pass {
  ThreadPool pool{1};
  Scratch scratch;
  Context context{pool, scratch};
};

inline Tensor pictures(const CLIP& clip, std::int64_t count) {
  Tensor pixels(Shape{count, clip.processor().pixel_count()});
  for (std::int64_t i = 0; i < pixels.view().elements(); ++i)
    pixels.data()[i] = static_cast<float>(i % 251) / 125 - 1;
  return pixels;
}

inline std::vector<float> embedded(const CLIP& clip) {
  Pass pass;
  Tensor out(Shape{2, clip.embedding_size()});
  clip.encode_images(pictures(clip, 2).view(), out.view(), pass.context);
  return {out.data(), out.data() + out.view().elements()};
}

}  // namespace sightline::testing
