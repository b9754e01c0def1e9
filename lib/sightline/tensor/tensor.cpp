// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/tensor.h"

#include <cstdlib>
#include <new>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::int64_t kAlignment = 64;

}  // namespace

void Tensor::Free::operator()(std::byte* pointer) const { std::free(pointer); }

Tensor::Tensor(Shape shape, DType dtype) : shape_(shape), dtype_(dtype) {
  if (size_of(dtype) == 0) fail(ErrorCode::type, "tensor", "has an unsupported element type");
  const std::int64_t bytes = checked_mul(shape.elements(), size_of(dtype), "tensor");
  const std::int64_t rounded = (checked_add(bytes, kAlignment, "tensor") / kAlignment + 1) * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, static_cast<std::size_t>(rounded));
  if (memory == nullptr) throw std::bad_alloc();
  data_.reset(static_cast<std::byte*>(memory));
}

Tensor::Tensor(Tensor&& other) noexcept
    : data_(std::move(other.data_)), shape_(other.shape_), dtype_(other.dtype_) {
  other.shape_ = Shape{0};
}

Tensor& Tensor::operator=(Tensor&& other) noexcept {
  if (this == &other) return *this;
  data_ = std::move(other.data_);
  shape_ = other.shape_;
  dtype_ = other.dtype_;
  other.shape_ = Shape{0};
  return *this;
}

void fail_dtype(DType dtype, std::size_t value_size) {
  fail(ErrorCode::type, "tensor",
       "has element type " + std::string(dtype_name(dtype)) + ", but is accessed as another type of " +
           std::to_string(value_size) + " bytes");
}

void fail_slice(std::int64_t begin, std::int64_t count, const Shape& shape) {
  fail(ErrorCode::range, "tensor",
       "has shape " + to_string(shape) + ", so a slice of " + std::to_string(count) + " rows from row " +
           std::to_string(begin) + " is out of range");
}

void fail_reshape(const Shape& from, const Shape& to) {
  fail(ErrorCode::mismatch, "tensor",
       "has shape " + to_string(from) + ", which cannot be reshaped to " + to_string(to));
}

}  // namespace sightline
