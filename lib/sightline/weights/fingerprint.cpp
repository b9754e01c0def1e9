// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/fingerprint.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "sightline/base/hash.h"
#include "sightline/tensor/dtype_conversion.h"
#include "sightline/tensor/page_samples.h"

namespace sightline {
namespace {

constexpr std::string_view kVersion = "sightline weights 1";
constexpr std::int64_t kSamples = 8;  // contiguous in the file, so that little of it is read
constexpr std::string_view kLogitScale = "logit_scale";

float rounded_to(DType dtype, float value) {
  if (dtype == DType::f16) return f16_to_float(float_to_f16(value));
  if (dtype == DType::bf16) return bf16_to_float(float_to_bf16(value));
  return value;
}

std::int64_t sample_count(const StoredTensor& tensor) {
  return is_floating(tensor.dtype) ? std::min(kSamples, tensor.shape.elements()) : 0;
}

// Calls `use` with the bytes of every sample.
template <class Use>
void for_each_sample(const StoredTensor& tensor, Use use) {
  std::array<std::byte, sizeof(double)> scratch;
  const auto element = std::span(scratch).first(static_cast<std::size_t>(size_of(tensor.dtype)));
  for (std::int64_t i = 0; i < sample_count(tensor); ++i) use(tensor.element(i, element));
}

template <class Number>
void add_number(Hash128& hash, Number number) {
  hash.update(std::as_bytes(std::span(&number, 1)));
}

void add_tensor(Hash128& hash, const std::string& name, const StoredTensor& tensor, std::optional<DType> as) {
  hash.update_sized(as_bytes(name));
  add_number(hash, std::int64_t{tensor.shape.rank()});
  for (const std::int64_t size : tensor.shape.sizes()) add_number(hash, size);
  for_each_sample(tensor, [&](ByteView element) {
    float value = 0;
    to_float({tensor.dtype, Shape{}, element}, {&value, 1});
    add_number(hash, float_to_bf16(as ? rounded_to(*as, value) : value));
  });
}

std::optional<std::string> found(const Weights& weights, std::string_view key) {
  const auto at = weights.metadata().find(std::string(key));
  if (at == weights.metadata().end() || !is_hash128(at->second)) return {};
  return at->second;
}

}  // namespace

std::string values_fingerprint(const Weights& canonical, std::optional<DType> as) {
  return values_fingerprint(canonical, [&](const std::string&) { return as; });
}

std::string values_fingerprint(const Weights& canonical,
                               FunctionRef<std::optional<DType>(const std::string& name)> as) {
  std::vector<std::string> names = canonical.names();
  std::erase(names, kLogitScale);
  PageSamples pages;
  for (const std::string& name : names)
    for_each_sample(*canonical.find(name), [&](ByteView element) { pages.add(element); });
  pages.fetch();
  Hash128 hash;
  hash.update_sized(as_bytes(kVersion));
  for (const std::string& name : names) add_tensor(hash, name, *canonical.find(name), as(name));
  return hash.hex();
}

std::string model_fingerprint(const Weights& canonical) {
  std::string values = values_fingerprint(canonical);
  const std::optional<std::string> model = found(canonical, kModelFingerprintKey);
  return model && found(canonical, kValuesFingerprintKey) == values ? *model : values;
}

std::map<std::string, std::string> fingerprint_metadata(const Weights& canonical, std::optional<DType> as) {
  const std::string model = model_fingerprint(canonical), values = values_fingerprint(canonical, as);
  if (model == values) return {};
  return {{std::string(kModelFingerprintKey), model}, {std::string(kValuesFingerprintKey), values}};
}

void keep_fingerprint_metadata(Weights& weights, const std::string& key, const std::string& value) {
  if (key == kModelFingerprintKey || key == kValuesFingerprintKey) weights.set_metadata(key, value);
}

}  // namespace sightline
