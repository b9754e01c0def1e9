// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/containers/pickle.h"
#include "sightline/containers/zip.h"
#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// The storages of a PyTorch archive: members of its folder `data`. Each is read once, when a tensor refers
/// to it.
class TorchStorages {
 public:
  /// `archive` must outlive it. `folder`: the path before `data/`, without a slash. `is_mapped`: the bytes of
  /// the archive belong to a mapped file.
  TorchStorages(const ZipArchive& archive, std::string_view folder, bool is_mapped)
      : archive_(archive), folder_(folder), is_mapped_(is_mapped) {}

  /// The tensor that a call of `torch._utils._rebuild_tensor_v2` or a relative describes: a view into its
  /// storage, or deferred if its elements are not in row-major order there. Valid as long as the bytes of the
  /// archive and `owners`. `name` is for messages. Errors: header (arguments of the wrong kind); range
  /// (sizes, strides or an offset outside the storage; a storage whose size differs from its member);
  /// unsupported (quantized, sparse and other tensors that are not dense; negated views); unsafe (a storage
  /// key that is not a plain name); missing; limit (16 GiB, 8 dimensions); those of `ZipArchive::read`.
  StoredTensor tensor(const PickleValue& call, std::string_view name);
  /// The owners of inflated storages.
  std::vector<std::shared_ptr<const void>> owners() const;

 private:
  struct Storage;
  StoredTensor content(std::string_view key, std::int64_t size, const std::string& subject);
  Storage storage(const PickleValue& value, const std::string& subject);

  const ZipArchive& archive_;
  std::string folder_;
  bool is_mapped_;
  std::map<std::string, ZipContent, std::less<>> contents_;
};

/// Whether a value is a call that rebuilds a tensor.
bool is_torch_tensor(const PickleValue& value);

}  // namespace sightline
