// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/token_batch.h"
#include "sightline/nn/layer.h"

namespace sightline {

/// A tower that turns pictures into embeddings. const = safe to share.
class ImageEncoder : public Layer {
 public:
  using Layer::Layer;
  /// Shapes:  pixels [B, 3 * H * W] -> embeddings [B, E], not normalised. Errors: mismatch for other shapes.
  virtual void operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                          Context& context) const = 0;
};

/// A tower that turns texts into embeddings. const = safe to share.
class TextEncoder : public Layer {
 public:
  using Layer::Layer;
  /// Shapes:  B texts -> embeddings [B, E], not normalised.
  /// Errors:  range when an id is not in the vocabulary or a text is longer than the context; mismatch for
  /// embeddings of another shape.
  virtual void operator()(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const = 0;
};

}  // namespace sightline
