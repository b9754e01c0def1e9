// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/variable.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "sightline/base/error.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline {
namespace {

// Towards zero, as numpy's astype; what does not fit becomes the nearest that does, NaN 0.
template <class T>
T to_integer(float value) {
  if (std::isnan(value)) return 0;
  const double whole = std::trunc(static_cast<double>(value));
  if (whole <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  if (whole >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  return static_cast<T>(whole);
}

template <class T, class Convert>
void store(std::span<const float> values, std::vector<std::byte>& out, Convert convert) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T value = convert(values[i]);
    std::memcpy(out.data() + i * sizeof(T), &value, sizeof(T));
  }
}

template <class T>
void load(ByteView bytes, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = static_cast<float>(value);
  }
}

void store_as(DType dtype, std::span<const float> values, std::vector<std::byte>& out) {
  switch (dtype) {
    case DType::f64:
      return store<double>(values, out, [](float v) { return static_cast<double>(v); });
    case DType::f32:
      return store<float>(values, out, [](float v) { return v; });
    case DType::f16:
      return store<std::uint16_t>(values, out, [](float v) { return float_to_f16(v); });
    case DType::bf16:
      return store<std::uint16_t>(values, out, [](float v) { return float_to_bf16(v); });
    case DType::i64:
      return store<std::int64_t>(values, out, to_integer<std::int64_t>);
    case DType::i32:
      return store<std::int32_t>(values, out, to_integer<std::int32_t>);
    case DType::i16:
      return store<std::int16_t>(values, out, to_integer<std::int16_t>);
    case DType::i8:
      return store<std::int8_t>(values, out, to_integer<std::int8_t>);
    case DType::u8:
      return store<std::uint8_t>(values, out, to_integer<std::uint8_t>);
    case DType::boolean:
      return store<std::uint8_t>(values, out, [](float v) { return static_cast<std::uint8_t>(v != 0); });
    case DType::f8_e4m3fn:
    case DType::f8_e4m3fnuz:
    case DType::f8_e5m2:
    case DType::f8_e5m2fnuz:
    case DType::f8_e8m0fnu:
    case DType::other:
      return;
  }
}

void load_integers(const StoredTensor& stored, std::span<float> out) {
  const ByteView bytes = stored.bytes();
  switch (stored.dtype) {
    case DType::i64:
      return load<std::int64_t>(bytes, out);
    case DType::i32:
      return load<std::int32_t>(bytes, out);
    case DType::i16:
      return load<std::int16_t>(bytes, out);
    case DType::i8:
      return load<std::int8_t>(bytes, out);
    default:
      return load<std::uint8_t>(bytes, out);
  }
}

}  // namespace

Variable::Variable(const Initializer& initializer, Options options)
    : stored_(options.dtype, options.shape, {}),
      name_(std::move(options.name)),
      path_(options.path.empty() ? name_ : std::move(options.path)),
      trainable_(options.trainable) {
  for (int axis = 0; axis < options.shape.rank(); ++axis) {
    if (options.shape[axis] < 0)
      fail(ErrorCode::range, path_,
           "has shape " + to_string(options.shape) + ", expected sizes that are known");
  }
  if (size_of(options.dtype) == 0) fail(ErrorCode::type, path_, "has no dtype that this program keeps");
  Tensor values(options.shape);
  initializer.fill(options.shape, values.view().flat(), options.seed);
  keep(values.view().flat());
}

Variable::Variable(TensorView<const float> value, Options options)
    : stored_(options.dtype, value.shape(), {}),
      name_(std::move(options.name)),
      path_(options.path.empty() ? name_ : std::move(options.path)),
      trainable_(options.trainable) {
  if (size_of(options.dtype) == 0) fail(ErrorCode::type, path_, "has no dtype that this program keeps");
  keep(value.flat());
}

Variable::Variable(const StoredTensor& stored, std::string name, std::string path)
    : stored_(stored), name_(std::move(name)), path_(std::move(path)) {}

Tensor Variable::value() const {
  if (is_floating(dtype())) return to_float(stored_);
  Tensor result(shape());
  load_integers(stored_, result.view().flat());
  return result;
}

float Variable::item() const {
  if (shape().elements() != 1)
    fail(ErrorCode::mismatch, path_, "has shape " + to_string(shape()) + ", expected one element");
  return value().data()[0];
}

void Variable::assign(TensorView<const float> values) {
  if (!(values.shape() == shape())) {
    fail(ErrorCode::mismatch, path_,
         "has shape " + to_string(shape()) + ", is assigned a value of shape " + to_string(values.shape()));
  }
  keep(values.flat());
  if (told_) told_();
}

void Variable::assign(float value) {
  if (shape().elements() != 1)
    fail(ErrorCode::mismatch, path_, "has shape " + to_string(shape()) + ", is assigned one number");
  assign(TensorView<const float>(&value, shape()));
}

void Variable::put_back(Kept kept) {
  own_ = std::move(kept.own);
  stored_ = own_.empty() ? std::move(kept.stored) : StoredTensor(dtype(), shape(), own_);
  if (told_) told_();
}

void Variable::keep(std::span<const float> values) {
  own_.resize(values.size() * static_cast<std::size_t>(size_of(dtype())));
  store_as(dtype(), values, own_);
  stored_ = StoredTensor(dtype(), shape(), own_);
}

}  // namespace sightline
