// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/stored_tensor.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cstring>
#include <mutex>
#include <string>

#include "sightline/tensor/dtype_conversion.h"

namespace sightline {
namespace {

void narrow_doubles(ByteView bytes, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    double value;
    std::memcpy(&value, bytes.data() + i * sizeof(double), sizeof(double));
    out[i] = static_cast<float>(value);
  }
}

}  // namespace

namespace {

StoredTensor stored_rows(const Shape& shape, const std::shared_ptr<const StoredPanels>& panels) {
  return StoredTensor::deferred(
      panels->layout.element(), shape,
      [=](std::span<std::byte> rows) { panels_to_rows(panels->layout, panels->bytes, rows); },
      [=](std::int64_t index, std::span<std::byte> scratch) {
        const PanelLayout& layout = panels->layout;
        const auto position =
            static_cast<std::size_t>(layout.position(index / layout.in(), index % layout.in()));
        return panels->bytes.subspan(position * scratch.size(), scratch.size());
      });
}

StoredTensor quantized_rows(const Shape& shape, const std::shared_ptr<const StoredPanels>& panels) {
  const auto write = [=](std::int64_t index, std::byte* out) {
    const PanelLayout& layout = panels->layout;
    const float weight =
        dequantized(layout, panels->bytes, panels->scales, index / layout.in(), index % layout.in());
    std::memcpy(out, &weight, sizeof weight);
  };
  return StoredTensor::deferred(
      DType::f32, shape,
      [=](std::span<std::byte> rows) {
        const std::int64_t count = panels->layout.out() * panels->layout.in();
        for (std::int64_t i = 0; i < count; ++i) write(i, rows.data() + i * size_of(DType::f32));
      },
      [=](std::int64_t index, std::span<std::byte> scratch) {
        write(index, scratch.data());
        return ByteView(scratch);
      });
}

}  // namespace

struct StoredTensor::Deferred {
  ByteWriter write;
  ElementFinder find_element;
  std::size_t size;
  std::once_flag once;
  std::unique_ptr<std::byte[]> bytes;
};

StoredTensor StoredTensor::deferred(DType dtype, const Shape& shape, ByteWriter write,
                                    ElementFinder find_element) {
  if (size_of(dtype) == 0) fail(ErrorCode::type, "tensor", "has an unsupported element type");
  StoredTensor tensor(dtype, shape, {});
  const std::int64_t size = checked_mul(shape.elements(), size_of(dtype), "tensor");
  tensor.deferred_ = std::make_shared<Deferred>();
  tensor.deferred_->write = std::move(write);
  tensor.deferred_->find_element = std::move(find_element);
  tensor.deferred_->size = static_cast<std::size_t>(size);
  return tensor;
}

StoredTensor StoredTensor::from_panels(DType dtype, const Shape& shape, ByteView panels,
                                       const PanelScales& scales, bool mapped) {
  const std::int64_t out = shape.rank() == 0 ? 0 : shape[0];
  const PanelLayout layout(dtype, out, out == 0 ? 0 : shape.elements() / out);
  if (std::ssize(panels) != layout.byte_size()) {
    fail(ErrorCode::mismatch, "panels",
         "have " + std::to_string(panels.size()) + " bytes, expected " + std::to_string(layout.byte_size()));
  }
  scales.check(layout);
  const auto stored = std::make_shared<const StoredPanels>(StoredPanels{layout, panels, scales});
  StoredTensor tensor = dtype == DType::i8 ? quantized_rows(shape, stored) : stored_rows(shape, stored);
  tensor.panels_ = stored;
  tensor.mapped_ = mapped;
  return tensor;
}

ByteView StoredTensor::bytes() const {
  if (deferred_ == nullptr) return bytes_;
  std::call_once(deferred_->once, [this] {
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(deferred_->size);
    deferred_->write({bytes.get(), deferred_->size});
    deferred_->bytes = std::move(bytes);
  });
  return {deferred_->bytes.get(), deferred_->size};
}

std::int64_t StoredTensor::byte_size() const {
  return static_cast<std::int64_t>(deferred_ == nullptr ? bytes_.size() : deferred_->size);
}

void StoredTensor::copy_bytes(std::span<std::byte> out) const {
  assert(static_cast<std::int64_t>(out.size()) == byte_size());
  if (deferred_ != nullptr) {
    deferred_->write(out);
  } else if (!out.empty()) {
    std::memcpy(out.data(), bytes_.data(), out.size());
  }
}

ByteView StoredTensor::element(std::int64_t index, std::span<std::byte> scratch) const {
  assert(index >= 0 && index < shape.elements() && std::ssize(scratch) == size_of(dtype));
  if (deferred_ != nullptr && deferred_->find_element != nullptr)
    return deferred_->find_element(index, scratch);
  return bytes().subspan(static_cast<std::size_t>(index) * scratch.size(), scratch.size());
}

void StoredTensor::map_pages(ByteView part) const {
  if (!mapped_ || part.empty()) return;
  // A page fault maps the pages around it, by default those of an aligned range of 64 KiB. Measured: mapping
  // all with MADV_POPULATE_READ takes twice as long, because it looks up every page again.
  constexpr std::uintptr_t kFaultAround = 1 << 16;
  const auto begin = reinterpret_cast<std::uintptr_t>(part.data()), end = begin + part.size();
  for (std::uintptr_t at = begin; at < end; at = (at / kFaultAround + 1) * kFaultAround)
    static_cast<void>(*reinterpret_cast<const volatile std::byte*>(at));
}

void StoredTensor::drop_pages() const {
  if (!mapped_) return;
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const ByteView bytes = panels_ == nullptr ? bytes_ : panels_->bytes;
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  // Pages shared with neighbouring tensors stay.
  const std::uintptr_t first = (begin + page - 1) / page * page, last = (begin + bytes.size()) / page * page;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

const float* StoredTensor::as_float() const {
  if (dtype != DType::f32) return nullptr;
  const std::byte* data = bytes().data();
  if (reinterpret_cast<std::uintptr_t>(data) % alignof(float) != 0) return nullptr;
  return reinterpret_cast<const float*>(data);
}

TransientBytes::TransientBytes(const StoredTensor& tensor) {
  if (!tensor.is_deferred()) {
    view_ = tensor.bytes();
    return;
  }
  const auto size = static_cast<std::size_t>(tensor.byte_size());
  materialized_ = std::make_unique_for_overwrite<std::byte[]>(size);
  tensor.copy_bytes({materialized_.get(), size});
  view_ = {materialized_.get(), size};
}

void to_float(const StoredTensor& tensor, std::span<float> out) {
  assert(static_cast<std::int64_t>(out.size()) == tensor.shape.elements());
  switch (tensor.dtype) {
    case DType::f32:
      return tensor.copy_bytes(std::as_writable_bytes(out));
    case DType::f16:
      return f16_to_float(TransientBytes(tensor).view(), out);
    case DType::bf16:
      return bf16_to_float(TransientBytes(tensor).view(), out);
    case DType::f64:
      return narrow_doubles(TransientBytes(tensor).view(), out);
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
