// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <variant>
#include <vector>

#include "sightline/keras/variable.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras {

/// The values that a stateless call takes for one list of variables: variables (their values) or tensors.
/// Made from each implicitly; valid as long as what it was made from.
class StateValues {
  using Variables = std::span<const Variable* const>;
  using Tensors = std::span<const Tensor>;

 public:
  StateValues() = default;
  template <class List>
  requires(!std::same_as<List, StateValues> && std::convertible_to<const List&, Variables>)
      StateValues(const List& variables)  // NOLINT: implicit on purpose
      : values_(Variables(variables)) {}
  template <class List>
  requires(!std::same_as<List, StateValues> && std::convertible_to<const List&, Tensors>)
      StateValues(const List& values)  // NOLINT: likewise
      : values_(Tensors(values)) {}

  std::size_t size() const {
    return std::visit([](const auto& values) { return values.size(); }, values_);
  }
  /// The variable or the tensor of this index; one of the two is null.
  const Variable* variable(std::size_t index) const {
    const auto* variables = std::get_if<Variables>(&values_);
    return variables == nullptr ? nullptr : (*variables)[index];
  }
  const Tensor* tensor(std::size_t index) const {
    const auto* tensors = std::get_if<Tensors>(&values_);
    return tensors == nullptr ? nullptr : &(*tensors)[index];
  }

 private:
  std::variant<Variables, Tensors> values_;
};

/// What a stateless call gives.
struct StatelessResult {
  Tensor outputs;
  std::vector<Tensor> non_trainable_variables;  ///< their values after the call
  std::vector<float> losses;
};

}  // namespace sightline::keras
