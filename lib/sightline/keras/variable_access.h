// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sightline/keras/variable.h"
#include "sightline/tensor/stored_tensor.h"

namespace sightline::keras {

/// The value of a variable: the bytes of a weight file, or its own. Never changed once it is made: an
/// assignment makes another. Whoever holds the pointer keeps the variable's own bytes alive.
struct VariableValue {
  StoredTensor stored;
  std::vector<std::byte> own;  ///< what `stored` shows, unless a file owns it
};

/// What the library's own layers need of a variable and users do not. Not installed.
struct VariableAccess {
  /// The value as it is kept; its bytes are valid until the variable is assigned to.
  static const StoredTensor& stored(const Variable& variable);
  /// The value, kept alive.
  static std::shared_ptr<const VariableValue> value(const Variable& variable) { return variable.value_; }
  /// A value for the variable, converted to its dtype; the variable does not have it yet. The dtype of
  /// `value` is one that a variable can have. Errors: mismatch for another shape.
  static std::shared_ptr<const VariableValue> made(const Variable& variable, const Tensor& value);
  static std::shared_ptr<const VariableValue> made(const Variable& variable, const StoredTensor& value);
  /// Puts back a value of the same variable, or one of its shape and dtype. Tells no layer.
  static void put_back(Variable& variable, std::shared_ptr<const VariableValue> value);
  /// Whether the name was given, not numbered.
  static bool has_given_name(const Variable& variable) { return variable.has_given_name_; }
};

}  // namespace sightline::keras
