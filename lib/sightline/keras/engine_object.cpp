// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/engine_object.h"

#include "sightline/keras/variable_access.h"

namespace sightline::keras {

void collect_weight(Weights& weights, const std::string& prefix, std::string_view name,
                    const Variable& variable) {
  weights.add(WeightScope(weights, prefix).full_name(name), VariableAccess::stored(variable));
  weights.keep(VariableAccess::value(variable));
}

}  // namespace sightline::keras
