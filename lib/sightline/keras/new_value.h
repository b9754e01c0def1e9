// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/keras/layer.h"
#include "sightline/keras/variable_access.h"

namespace sightline::keras {

/// A value that fits a variable and is about to become its own.
struct NewValue {
  Variable* variable;
  std::shared_ptr<const VariableValue> value;
};

}  // namespace sightline::keras
