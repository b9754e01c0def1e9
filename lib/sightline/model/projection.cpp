// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/projection.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

Bias bias_of(bool exists) { return exists ? Bias::yes : Bias::no; }

std::optional<Dense> optional_hidden(const WeightScope& root, const TowerConfig& tower,
                                     const GemmBackend& backend) {
  const std::optional<HiddenProjection>& hidden = tower.projection.hidden;
  if (!hidden) return std::nullopt;
  return std::optional<Dense>(std::in_place, root / hidden->name,
                              Dense::Options{.in = tower.pooled_width(),
                                             .units = hidden->units,
                                             .bias = bias_of(hidden->bias),
                                             .activation = hidden->activation},
                              backend);
}

}  // namespace

Projection::Projection(const WeightScope& root, const TowerConfig& tower, std::int64_t size,
                       const GemmBackend& backend)
    : hidden_(optional_hidden(root, tower, backend)),
      last_(root / tower.projection.name,
            {.in = hidden_ ? hidden_->units() : tower.pooled_width(),
             .units = size,
             .bias = bias_of(tower.projection.bias)},
            backend) {}

void Projection::operator()(TensorView<const float> pooled, TensorView<float> embeddings,
                            Context& context) const {
  if (!hidden_) return last_(pooled, embeddings, context);
  Scratch::Frame frame(context.scratch);
  const TensorView<float> hidden = frame.take(pooled.shape().with_last(hidden_->units()));
  (*hidden_)(pooled, hidden, context);
  last_(hidden, embeddings, context);
}

std::optional<Projection> optional_projection(const WeightScope& root, const TowerConfig& tower,
                                              std::int64_t size, const GemmBackend& backend) {
  const std::int64_t width = tower.pooled_width();
  if (!tower.projection.name.empty())
    return std::optional<Projection>(std::in_place, root, tower, size, backend);
  if (width == size) return std::nullopt;
  fail(ErrorCode::range, "projection_dim",
       "is " + std::to_string(size) + ", but a tower of width " + std::to_string(width) +
           " has no projection");
}

}  // namespace sightline
