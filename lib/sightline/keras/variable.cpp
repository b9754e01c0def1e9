// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/variable.h"

#include <limits>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/layer_names.h"
#include "sightline/keras/value_conversion.h"
#include "sightline/keras/variable_access.h"

namespace sightline::keras {
namespace {

std::shared_ptr<const VariableValue> made_value(DType dtype, const Shape& shape, DType from, ByteView bytes) {
  auto value = std::make_shared<VariableValue>();
  value->own.resize(static_cast<std::size_t>(checked_mul(shape.elements(), size_of(dtype), "variable")));
  convert_elements(from, bytes, dtype, value->own);
  value->stored = StoredTensor(dtype, shape, value->own);
  return value;
}

}  // namespace

// Values from outside, of one of the types that a variable can have.
struct Variable::Source {
  DType dtype;
  Shape shape;
  ByteView bytes;

  Source(const Tensor& tensor)
      : dtype(tensor.dtype()), shape(tensor.shape()) {  // NOLINT: implicit on purpose
    check_variable_dtype(dtype, "value");
    bytes = tensor.bytes();
  }
  template <class T>
  Source(TensorView<const T> view) : dtype(kDTypeOf<T>), shape(view.shape()) {  // NOLINT: likewise
    if (view.data() == nullptr && shape.elements() > 0) refuse();
    bytes = std::as_bytes(std::span(view.data(), static_cast<std::size_t>(shape.elements())));
  }
  [[noreturn]] static void refuse() {
    fail(ErrorCode::mismatch, "value", "is an empty tensor, expected values");
  }
};

Variable::Variable(const Source& source, const VariableOptions& options)
    : shape_(source.shape),
      dtype_(options.dtype.value_or(source.dtype)),
      name_(checked_or_numbered_name(options.name, "Variable", "variable")),
      has_given_name_(options.name.has_value()),
      trainable_(options.trainable) {
  check_variable_dtype(dtype_, name_);
  keep(source);
}

Variable::Variable(const Tensor& value, const VariableOptions& options) : Variable(Source(value), options) {}
Variable::Variable(TensorView<const float> value, const VariableOptions& options)
    : Variable(Source(value), options) {}
Variable::Variable(TensorView<const double> value, const VariableOptions& options)
    : Variable(Source(value), options) {}
Variable::Variable(TensorView<const std::int64_t> value, const VariableOptions& options)
    : Variable(Source(value), options) {}
Variable::Variable(TensorView<const std::int32_t> value, const VariableOptions& options)
    : Variable(Source(value), options) {}
Variable::Variable(TensorView<const std::int16_t> value, const VariableOptions& options)
    : Variable(Source(value), options) {}
Variable::Variable(TensorView<const std::int8_t> value, const VariableOptions& options)
    : Variable(Source(value), options) {}
Variable::Variable(TensorView<const std::uint8_t> value, const VariableOptions& options)
    : Variable(Source(value), options) {}
Variable::Variable(TensorView<const bool> value, const VariableOptions& options)
    : Variable(Source(value), options) {}

Variable::Variable(const Initializer& initializer, const Shape& shape, const VariableOptions& options)
    : Variable(initializer, shape, options, nullptr) {}

Variable::Variable(const Initializer& initializer, const Shape& shape, const VariableOptions& options,
                   Layer* owner)
    : shape_(shape),
      dtype_(options.dtype.value_or(DType::f32)),
      name_(checked_or_numbered_name(options.name, "Variable", "variable")),
      has_given_name_(options.name.has_value()),
      trainable_(options.trainable),
      owner_(owner) {
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] < 0)
      fail(ErrorCode::range, path(), "has shape " + to_string(shape) + ", expected sizes that are known");
  }
  check_variable_dtype(dtype_, path());
  try {
    keep(Source(initializer(shape, dtype_)));
  } catch (const Error& error) {
    throw error.within(path());
  }
}

Variable::Variable(std::shared_ptr<const VariableValue> value, std::string name, Layer* owner)
    : value_(std::move(value)),
      shape_(value_->stored.shape),
      dtype_(value_->stored.dtype),
      name_(std::move(name)),
      owner_(owner) {}

Variable::~Variable() = default;

std::string Variable::path() const { return owner_ == nullptr ? name_ : owner_->path() + "/" + name_; }

Tensor Variable::value() const {
  Tensor result(shape_, tensor_dtype(dtype_));
  convert_elements(dtype_, TransientBytes(value_->stored).view(), result.dtype(), result.bytes());
  return result;
}

void Variable::check_one_element(const char* action) const {
  if (shape_.elements() == 1) return;
  fail(ErrorCode::mismatch, path(), "has shape " + to_string(shape_) + ", " + action);
}

template <class T>
T Variable::one_element() const {
  check_one_element("expected one element");
  T item;
  convert_elements(dtype_, TransientBytes(value_->stored).view(), kDTypeOf<T>,
                   std::as_writable_bytes(std::span(&item, 1)));
  return item;
}

bool Variable::boolean_item() const { return one_element<bool>(); }
float Variable::float_item() const { return one_element<float>(); }
std::int64_t Variable::integer_item() const { return one_element<std::int64_t>(); }
double Variable::real_item() const { return one_element<double>(); }

void Variable::keep(const Source& source) { value_ = made_value(dtype_, shape_, source.dtype, source.bytes); }

void Variable::take(const Source& source) {
  if (!(source.shape == shape_)) {
    fail(ErrorCode::mismatch, path(),
         "has shape " + to_string(shape_) + ", is assigned a value of shape " + to_string(source.shape));
  }
  keep(source);
  if (owner_ != nullptr) owner_->variable_assigned();
}

void Variable::assign(const Tensor& value) { take(value); }
void Variable::assign(TensorView<const float> value) { take(value); }
void Variable::assign(TensorView<const double> value) { take(value); }
void Variable::assign(TensorView<const std::int64_t> value) { take(value); }
void Variable::assign(TensorView<const std::int32_t> value) { take(value); }
void Variable::assign(TensorView<const std::int16_t> value) { take(value); }
void Variable::assign(TensorView<const std::int8_t> value) { take(value); }
void Variable::assign(TensorView<const std::uint8_t> value) { take(value); }
void Variable::assign(TensorView<const bool> value) { take(value); }

void Variable::assign_integer(std::int64_t value) {
  check_one_element("is assigned one number");
  take(TensorView<const std::int64_t>(&value, shape_));
}

// Above the largest int64 only floating-point types hold the number.
void Variable::assign_unsigned(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return assign_integer(static_cast<std::int64_t>(value));
  assign_real(dtype_ == DType::f64 ? static_cast<double>(value) : static_cast<float>(value));
}

void Variable::assign_real(double value) {
  check_one_element("is assigned one number");
  take(TensorView<const double>(&value, shape_));
}

const StoredTensor& VariableAccess::stored(const Variable& variable) { return variable.value_->stored; }

std::shared_ptr<const VariableValue> VariableAccess::made(const Variable& variable, const Tensor& value) {
  const Variable::Source source(value);
  if (!(source.shape == variable.shape())) {
    fail(ErrorCode::mismatch, variable.path(),
         "has shape " + to_string(variable.shape()) + ", is given a value of shape " +
             to_string(source.shape));
  }
  return made_value(variable.dtype(), variable.shape(), source.dtype, source.bytes);
}

std::shared_ptr<const VariableValue> VariableAccess::made(const Variable& variable,
                                                          const StoredTensor& value) {
  if (!(value.shape == variable.shape())) {
    fail(
        ErrorCode::mismatch, variable.path(),
        "has shape " + to_string(variable.shape()) + ", is given a value of shape " + to_string(value.shape));
  }
  return made_value(variable.dtype(), variable.shape(), value.dtype, TransientBytes(value).view());
}

void VariableAccess::put_back(Variable& variable, std::shared_ptr<const VariableValue> value) {
  variable.value_ = std::move(value);
}

}  // namespace sightline::keras
