// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/weights.h"

#include <cstring>
#include <utility>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// A value is NaN or infinite if all exponent bits are ones. The loop has no branch, so that it vectorises.
template <class Bits>
bool all_finite(ByteView bytes, Bits exponent) {
  constexpr std::size_t kBlock = 4096;
  const std::size_t count = bytes.size() / sizeof(Bits);
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t end = std::min(count, begin + kBlock);
    Bits found = 0;
    for (std::size_t i = begin; i < end; ++i) {
      Bits value;
      std::memcpy(&value, bytes.data() + i * sizeof(Bits), sizeof(Bits));
      found |= static_cast<Bits>((value & exponent) == exponent);
    }
    if (found != 0) return false;
  }
  return true;
}

}  // namespace

Weights::Weights() = default;
Weights::Weights(Weights&&) noexcept = default;
Weights& Weights::operator=(Weights&&) noexcept = default;
Weights::~Weights() = default;

void Weights::add(std::string name, StoredTensor tensor) {
  const std::int64_t size = size_of(tensor.dtype);
  if (size > 0 && checked_mul(tensor.shape.elements(), size, name) != tensor.byte_size()) {
    fail(ErrorCode::mismatch, name,
         "has " + std::to_string(tensor.byte_size()) + " bytes for " + std::string(dtype_name(tensor.dtype)) +
             " " + to_string(tensor.shape));
  }
  const auto [at, inserted] = entries_.try_emplace(std::move(name), Entry{std::move(tensor)});
  if (!inserted) fail(ErrorCode::duplicate, at->first, "is a duplicate");
}

void Weights::keep(std::shared_ptr<const void> owner) { owners_.push_back(std::move(owner)); }

void Weights::merge(Weights&& other) {
  for (auto& [name, entry] : other.entries_) add(name, entry.tensor);
  for (auto& owner : other.owners_) keep(std::move(owner));
  metadata_.merge(other.metadata_);
  other = Weights();
}

void Weights::set_metadata(std::string key, std::string value) {
  metadata_.insert_or_assign(std::move(key), std::move(value));
}

void Weights::make_missing(TensorMaker make) { make_ = std::move(make); }

bool Weights::contains(std::string_view name) const { return entries_.contains(name); }

const StoredTensor* Weights::find(std::string_view name) const {
  const auto at = entries_.find(name);
  return at == entries_.end() ? nullptr : &at->second.tensor;
}

const StoredTensor& Weights::require(std::string_view name, const Shape& expected) const {
  auto at = entries_.find(name);
  if (at == entries_.end() && make_ != nullptr)
    at = entries_.emplace(std::string(name), Entry{make_(name, expected)}).first;
  if (at == entries_.end())
    fail(ErrorCode::missing, name, "is not in the weights, expected " + to_string(expected));
  const StoredTensor& tensor = at->second.tensor;
  if (!(tensor.shape == expected)) {
    fail(ErrorCode::mismatch, name,
         "has shape " + to_string(tensor.shape) + ", expected " + to_string(expected));
  }
  if (is_float8(tensor.dtype)) {
    fail(ErrorCode::unsupported, name,
         "is stored as " + std::string(dtype_name(tensor.dtype)) +
             ", which is not supported, expected float32, float16, bfloat16 or float64");
  }
  if (!is_floating(tensor.dtype)) {
    fail(ErrorCode::type, name,
         "has dtype " + std::string(dtype_name(tensor.dtype)) +
             ", expected float32, float16, bfloat16 or float64");
  }
  at->second.used = true;
  return tensor;
}

StoredTensor Weights::extract(std::string_view name) {
  const auto at = entries_.find(name);
  if (at == entries_.end()) fail(ErrorCode::missing, name, "is not in the weights");
  StoredTensor tensor = std::move(at->second.tensor);
  entries_.erase(at);
  return tensor;
}

std::vector<std::string> Weights::names() const {
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

std::vector<std::string> Weights::unused() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) {
    if (!entry.used) names.push_back(name);
  }
  return names;
}

std::size_t Weights::size() const { return entries_.size(); }

WeightScope WeightScope::operator/(std::string_view child) const {
  return WeightScope(*weights_, full_name(child));
}

const StoredTensor& WeightScope::require(std::string_view name, const Shape& expected) const {
  return weights_->require(full_name(name), expected);
}

std::string WeightScope::full_name(std::string_view name) const {
  if (prefix_.empty()) return std::string(name);
  return std::string(prefix_).append(".").append(name);
}

bool is_finite(const StoredTensor& tensor) {
  switch (tensor.dtype) {
    case DType::f32:
      return all_finite<std::uint32_t>(TransientBytes(tensor).view(), 0x7F800000U);
    case DType::f16:
      return all_finite<std::uint16_t>(TransientBytes(tensor).view(), 0x7C00U);
    case DType::bf16:
      return all_finite<std::uint16_t>(TransientBytes(tensor).view(), 0x7F80U);
    case DType::f64:
      return all_finite<std::uint64_t>(TransientBytes(tensor).view(), 0x7FF0000000000000ULL);
    default:
      return true;
  }
}

void check_finite(std::string_view name, const StoredTensor& tensor) {
  if (!is_finite(tensor))
    fail(ErrorCode::corrupt, name, "contains a NaN or an infinity, expected finite weights");
}

void check_finite(const Weights& weights, std::string_view prefix) {
  for (const std::string& name : weights.names()) {
    if (name.starts_with(prefix)) check_finite(name, *weights.find(name));
  }
}

}  // namespace sightline
