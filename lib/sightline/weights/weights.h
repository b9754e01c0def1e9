// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// The tensors of a checkpoint by name. Keeps the owners of their bytes alive and records which tensors were
/// requested.
/// Thread-safety: `require` marks its tensor as used; build layers from one thread.
class Weights {
 public:
  Weights();
  Weights(Weights&&) noexcept;
  Weights& operator=(Weights&&) noexcept;
  ~Weights();

  /// Errors: duplicate; mismatch if the number of bytes differs from what dtype and shape require.
  void add(std::string name, StoredTensor tensor);
  /// Keeps `owner` (a mapping, a converted tensor) alive as long as this object.
  void keep(std::shared_ptr<const void> owner);
  /// Moves all tensors, owners and metadata of `other` into this object; for keys in both, the existing value
  /// is kept.
  /// Errors: duplicate.
  void merge(Weights&& other);

  /// Metadata from the file: a scalar of a GGUF file as text, the name of a Keras layer under the path of its
  /// group. `assumed.*` holds values that were supplied or chosen because no file states them, as a sentence
  /// for the user. Replaces an earlier value of `key`.
  void set_metadata(std::string key, std::string value);
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// Creates a tensor that no file contains, with the requested shape (for a model from initializers).
  using TensorMaker = std::function<StoredTensor(std::string_view name, const Shape& shape)>;
  /// From now on, `require` takes missing tensors from `make` and keeps them.
  void make_missing(TensorMaker make);

  bool contains(std::string_view name) const;
  /// The tensor without any check, or nullptr.
  const StoredTensor* find(std::string_view name) const;
  /// Returns the tensor and marks it as used. Valid as long as this object; its bytes as long as their
  /// owners.
  /// Errors: missing; mismatch if its shape differs; unsupported for float8, type for other types that are
  /// not floating-point.
  const StoredTensor& require(std::string_view name, const Shape& expected) const;
  /// Removes a tensor and returns it (name maps use it to drop and rename). Errors: missing.
  StoredTensor extract(std::string_view name);

  /// Names in bytewise order.
  std::vector<std::string> names() const;
  /// Names that were never requested, in bytewise order.
  std::vector<std::string> unused() const;
  std::size_t size() const;

 private:
  struct Entry {
    StoredTensor tensor;
    mutable bool used = false;
  };
  mutable std::map<std::string, Entry, std::less<>> entries_;  // `require` adds the tensors that it creates
  std::vector<std::shared_ptr<const void>> owners_;
  std::map<std::string, std::string> metadata_;
  TensorMaker make_;
};

/// A prefix for names in a `Weights`: scope / "encoder" / "layers" / "0". Cheap to copy; valid as long as the
/// weights.
class WeightScope {
 public:
  explicit WeightScope(const Weights& weights, std::string prefix = "")
      : weights_(&weights), prefix_(std::move(prefix)) {}

  WeightScope operator/(std::string_view child) const;
  WeightScope operator/(std::int64_t index) const { return *this / std::string_view(std::to_string(index)); }
  /// Returns `prefix.name`, checked. Errors: as `Weights::require`.
  const StoredTensor& require(std::string_view name, const Shape& expected) const;
  std::string full_name(std::string_view name) const;

 private:
  const Weights* weights_;
  std::string prefix_;
};

/// Whether a floating-point tensor contains neither NaN nor infinity; true for all other types. Reads every
/// byte.
bool is_finite(const StoredTensor& tensor);
/// Errors: corrupt, with `name`, if the tensor is not finite.
void check_finite(std::string_view name, const StoredTensor& tensor);
/// The same for all tensors whose names start with `prefix`.
void check_finite(const Weights& weights, std::string_view prefix);

}  // namespace sightline
