// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/finite.h"

#include <algorithm>
#include <cmath>

#include "sightline/base/error.h"
#include "sightline/keras/variable_access.h"
#include "sightline/weights/weights.h"

namespace sightline::keras {

void check_embeddings(TensorView<const float> embeddings, const Layer& layer) {
  const auto values = embeddings.flat();
  if (std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) return;
  for (const Variable* weight : layer.weights())
    check_finite(weight->path(), VariableAccess::stored(*weight));
  fail(ErrorCode::corrupt, layer.name(),
       "gives an embedding that is not finite: its weights or its inputs hold huge values");
}

}  // namespace sightline::keras
