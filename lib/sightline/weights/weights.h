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

/// The tensors of a checkpoint by name. Keeps what owns their bytes alive. Remembers which were asked for.
/// Thread-safety: `require` marks its tensor as used; build layers from one thread.
class Weights {
 public:
  Weights();
  Weights(Weights&&) noexcept;
  Weights& operator=(Weights&&) noexcept;
  ~Weights();

  /// Errors: duplicate; mismatch when the bytes are not as many as dtype and shape say.
  void add(std::string name, StoredTensor tensor);
  /// Keeps `owner` (a mapping, a converted tensor) alive as long as this object.
  void keep(std::shared_ptr<const void> owner);
  /// Takes over all tensors, owners and metadata of `other`; of a key in both, the value here stays.
  /// Errors: duplicate.
  void merge(Weights&& other);

  /// A fact beside the tensors, as the file says it: a scalar of a GGUF file in decimal or as text, the name
  /// of a Keras layer under the path of its group. `assumed.*` is what no file says and was supplied or
  /// chosen, a sentence for the user. An earlier value of `key` is replaced.
  void set_metadata(std::string key, std::string value);
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// Makes a tensor that no file holds, of the shape a layer asks for (a model from initializers).
  using TensorMaker = std::function<StoredTensor(std::string_view name, const Shape& shape)>;
  /// From now on `require` takes what is missing from `make` and keeps it.
  void make_missing(TensorMaker make);

  bool contains(std::string_view name) const;
  /// The tensor without a check, or nullptr.
  const StoredTensor* find(std::string_view name) const;
  /// The tensor, marked as used. Valid as long as this object; its bytes as long as their owners.
  /// Errors: missing; mismatch when its shape differs; unsupported for float8, type for what is not
  /// floating-point.
  const StoredTensor& require(std::string_view name, const Shape& expected) const;
  /// Takes a tensor out (name maps drop and rename with it). Errors: missing.
  StoredTensor extract(std::string_view name);

  /// Names in bytewise order.
  std::vector<std::string> names() const;
  /// Names never asked for, in bytewise order.
  std::vector<std::string> unused() const;
  std::size_t size() const;

 private:
  struct Entry {
    StoredTensor tensor;
    mutable bool used = false;
  };
  mutable std::map<std::string, Entry, std::less<>> entries_;  // `require` adds what it makes
  std::vector<std::shared_ptr<const void>> owners_;
  std::map<std::string, std::string> metadata_;
  TensorMaker make_;
};

/// A prefix into a `Weights`: scope / "encoder" / "layers" / "0". Cheap to copy; valid as long as the
/// weights.
class WeightScope {
 public:
  explicit WeightScope(const Weights& weights, std::string prefix = "")
      : weights_(&weights), prefix_(std::move(prefix)) {}

  WeightScope operator/(std::string_view child) const;
  WeightScope operator/(std::int64_t index) const { return *this / std::string_view(std::to_string(index)); }
  /// `prefix.name`, checked. Errors: as `Weights::require`.
  const StoredTensor& require(std::string_view name, const Shape& expected) const;
  std::string full_name(std::string_view name) const;

 private:
  const Weights* weights_;
  std::string prefix_;
};

/// Whether a floating-point tensor holds neither NaN nor an infinity; true for all other types. Reads every
/// byte.
bool is_finite(const StoredTensor& tensor);
/// Errors: corrupt, with `name`, when the tensor is not finite.
void check_finite(std::string_view name, const StoredTensor& tensor);
/// The same for all tensors whose names begin with `prefix`.
void check_finite(const Weights& weights, std::string_view prefix);

}  // namespace sightline
