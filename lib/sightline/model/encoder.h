#pragma once

#include <string_view>

#include "sightline/model/token_batch.h"
#include "sightline/nn/layer.h"

namespace sightline {

/// The outermost size, 0 without one.
inline std::int64_t first_size(const Shape& shape) { return shape.rank() == 0 ? 0 : shape[0]; }
/// Errors: mismatch, with `layer` as its subject, when `values` is not [rows, columns].
void check_rows(std::string_view layer, std::string_view what, const Shape& values, std::int64_t rows,
                std::int64_t columns);

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
