// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sightline/nn/initializers.h"
#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// A named value of a layer, as keras.Variable: bytes that a weight file owns, until it is assigned to; then
/// its own. Neither copied nor moved. Thread-safety: const = safe to share; assign while nobody computes.
class Variable {
 public:
  struct Options {
    Shape shape = {};
    DType dtype = DType::f32;
    bool trainable = true;
    std::string name = "variable";
    std::string path = "";  ///< "" = the name
    std::uint64_t seed = 0;
  };
  /// A variable of its own, with the initializer's values rounded to `dtype`. Errors: type for dtype `other`;
  /// range for a size below 0.
  Variable(const Initializer& initializer, Options options);
  /// A variable that begins with these values; the shape is theirs. Errors: type.
  explicit Variable(TensorView<const float> value) : Variable(value, Options{}) {}
  Variable(TensorView<const float> value, Options options);
  /// A variable of a weight file; `path` is its full name there.
  Variable(const StoredTensor& stored, std::string name, std::string path);
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

  const std::string& name() const { return name_; }
  const std::string& path() const { return path_; }
  const Shape& shape() const { return stored_.shape; }
  int ndim() const { return stored_.shape.rank(); }
  DType dtype() const { return stored_.dtype; }
  bool trainable() const { return trainable_; }
  void set_trainable(bool trainable) { trainable_ = trainable; }

  /// A copy of the value as float32, whatever its dtype.
  Tensor value() const;
  /// The value of a variable with one element. Errors: mismatch.
  float item() const;
  /// The value as it is kept; the reference is valid as long as the variable, its bytes until it is assigned.
  const StoredTensor& tensor() const { return stored_; }

  /// Rounds `values` to the variable's dtype and keeps them; the layer that owns the variable is told.
  /// Errors: mismatch when the shape is another.
  void assign(TensorView<const float> values);
  void assign(const Tensor& values) { assign(values.view()); }
  /// For a variable with one element. Errors: mismatch.
  void assign(float value);
  /// A value to be put back later: the bytes themselves, not a float32 of them.
  struct Kept {
    StoredTensor stored;
    std::vector<std::byte> own;
  };
  Kept keep_value() const { return {stored_, own_}; }
  /// The layer is told. `kept` must be of this variable.
  void put_back(Kept kept);
  /// Who is told of a new value; set by the layer.
  void on_assign(std::function<void()> told) { told_ = std::move(told); }

 private:
  void keep(std::span<const float> values);

  StoredTensor stored_;
  std::vector<std::byte> own_;
  std::string name_, path_;
  bool trainable_ = true;
  std::function<void()> told_;
};

}  // namespace sightline
