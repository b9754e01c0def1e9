#include "sightline/tensor/tensor.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

namespace sightline {
namespace {

constexpr std::int64_t kAlignment = 64;

void narrow_doubles(ByteView bytes, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    double value;
    std::memcpy(&value, bytes.data() + i * sizeof(double), sizeof(double));
    out[i] = static_cast<float>(value);
  }
}

}  // namespace

void Tensor::Free::operator()(float* pointer) const { std::free(pointer); }

Tensor::Tensor(Shape shape) : shape_(shape) {
  const std::int64_t bytes = checked_mul(shape.elements(), sizeof(float), "tensor");
  const std::int64_t rounded = (checked_add(bytes, kAlignment, "tensor") / kAlignment + 1) * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, static_cast<std::size_t>(rounded));
  if (memory == nullptr) throw std::bad_alloc();
  data_.reset(static_cast<float*>(memory));
}

const float* StoredTensor::as_float() const {
  if (dtype != DType::f32 || reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(float) != 0)
    return nullptr;
  return reinterpret_cast<const float*>(bytes.data());
}

void to_float(const StoredTensor& tensor, std::span<float> out) {
  assert(static_cast<std::int64_t>(out.size()) == tensor.shape.elements());
  switch (tensor.dtype) {
    case DType::f32:
      if (!out.empty()) std::memcpy(out.data(), tensor.bytes.data(), out.size_bytes());
      return;
    case DType::f16:
      return f16_to_float(tensor.bytes, out);
    case DType::bf16:
      return bf16_to_float(tensor.bytes, out);
    case DType::f64:
      return narrow_doubles(tensor.bytes, out);
    default:
      fail(ErrorCode::type, "tensor",
           "has dtype " + std::string(dtype_name(tensor.dtype)) + ", expected a floating-point type");
  }
}

Tensor to_float(const StoredTensor& tensor) {
  Tensor result(tensor.shape);
  to_float(tensor, result.view().flat());
  return result;
}

}  // namespace sightline
