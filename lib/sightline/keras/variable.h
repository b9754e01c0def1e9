// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "sightline/keras/initializers.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras {

class Layer;
struct VariableValue;  ///< variable_access.h, which is not installed

/// The arguments of every variable.
struct VariableOptions {
  std::optional<DType> dtype = {};  ///< nothing: that of the values, or float32 with an initializer
  bool trainable = true;
  std::optional<std::string> name = {};  ///< nothing: "variable", "variable_1", ... in the process
};

/// A named value, as keras.Variable. Its shape and dtype never change. int64, int32 and float64 values are
/// kept exactly. Neither copied nor moved. Thread-safety: const = safe to share; assign while no call runs.
/// Errors of all constructors: unsupported for a dtype that a variable cannot have; range for a name that is
/// empty or has a '/', and for a size below 0.
class Variable {
 public:
  /// A variable that begins with these values.
  explicit Variable(const Tensor& value, const VariableOptions& options = {});
  template <class T>
  requires(!std::is_const_v<T>) explicit Variable(TensorView<T> value, const VariableOptions& options = {})
      : Variable(TensorView<const T>(value), options) {}
  explicit Variable(TensorView<const float> value, const VariableOptions& options = {});
  explicit Variable(TensorView<const double> value, const VariableOptions& options = {});
  explicit Variable(TensorView<const std::int64_t> value, const VariableOptions& options = {});
  explicit Variable(TensorView<const std::int32_t> value, const VariableOptions& options = {});
  explicit Variable(TensorView<const std::int16_t> value, const VariableOptions& options = {});
  explicit Variable(TensorView<const std::int8_t> value, const VariableOptions& options = {});
  explicit Variable(TensorView<const std::uint8_t> value, const VariableOptions& options = {});
  explicit Variable(TensorView<const bool> value, const VariableOptions& options = {});
  /// A variable of this shape with the initializer's values. Errors: those of the initializer.
  Variable(const Initializer& initializer, const Shape& shape, const VariableOptions& options = {});
  ~Variable();
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

  const std::string& name() const { return name_; }
  /// The names of the layers around the variable and its own: "outer/inner/kernel".
  std::string path() const;
  const Shape& shape() const { return shape_; }
  int ndim() const { return shape_.rank(); }
  DType dtype() const { return dtype_; }
  bool trainable() const { return trainable_; }
  void set_trainable(bool trainable) { trainable_ = trainable; }

  /// A copy of the value, of the variable's dtype; of float32 for float16 and bfloat16.
  Tensor value() const;
  /// The value of a variable with one element. Errors: mismatch.
  template <class T = float>
  requires std::is_arithmetic_v<T> T item()
  const {
    if constexpr (std::is_same_v<T, bool>) {
      return boolean_item();
    } else if constexpr (std::is_same_v<T, float>) {
      return float_item();
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(integer_item());
    } else {
      return static_cast<T>(real_item());
    }
  }

  /// Converts `value` to the variable's dtype, as numpy's astype, and keeps it; the layers around are told.
  /// Errors: mismatch for another shape.
  void assign(const Tensor& value);
  void assign(TensorView<const float> value);
  void assign(TensorView<const double> value);
  void assign(TensorView<const std::int64_t> value);
  void assign(TensorView<const std::int32_t> value);
  void assign(TensorView<const std::int16_t> value);
  void assign(TensorView<const std::int8_t> value);
  void assign(TensorView<const std::uint8_t> value);
  void assign(TensorView<const bool> value);
  /// For a variable with one element. Errors: mismatch.
  template <class T>
  requires std::is_arithmetic_v<T>
  void assign(T value) {
    if constexpr (std::is_integral_v<T>) {
      if (std::is_unsigned_v<T> && sizeof(T) == 8 && is_floating(dtype_)) return assign_unsigned(value);
      assign_integer(static_cast<std::int64_t>(value));
    } else {
      assign_real(static_cast<double>(value));
    }
  }

 private:
  friend class Layer;
  friend struct VariableAccess;
  struct Source;
  Variable(const Source& value, const VariableOptions& options);
  Variable(const Initializer& initializer, const Shape& shape, const VariableOptions& options, Layer* owner);
  Variable(std::shared_ptr<const VariableValue> value, std::string name, Layer* owner);
  void keep(const Source& source);
  void take(const Source& source);
  template <class T>
  T one_element() const;
  void check_one_element(const char* action) const;
  void assign_integer(std::int64_t value);
  void assign_unsigned(std::uint64_t value);
  void assign_real(double value);
  bool boolean_item() const;
  float float_item() const;
  std::int64_t integer_item() const;
  double real_item() const;

  std::shared_ptr<const VariableValue> value_;  ///< never null; replaced as a whole
  Shape shape_;
  DType dtype_ = DType::f32;
  std::string name_;
  bool has_given_name_ = true;
  bool trainable_ = true;
  Layer* owner_ = nullptr;
};

}  // namespace sightline::keras
