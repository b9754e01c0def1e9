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

/// The storages of a PyTorch archive: members of its folder `data`, read when a tensor refers to them, each
/// once.
class TorchStorages {
 public:
  /// `archive` must outlive it. `folder`: what stands before `data/`, without a slash. `is_mapped`: the
  /// archive's bytes are a mapped file's.
  TorchStorages(const ZipArchive& archive, std::string_view folder, bool is_mapped)
      : archive_(archive), folder_(folder), is_mapped_(is_mapped) {}

  /// The tensor that a call of `torch._utils._rebuild_tensor_v2` and its relatives makes: a view into its
  /// storage, or deferred when its elements do not lie in row-major order there. Valid as long as the
  /// archive's bytes and `owners`. `name` is for messages. Errors: header (arguments of the wrong kind);
  /// range (sizes, strides or an offset outside the storage; a storage that has not the size of its member);
  /// unsupported (quantised, sparse and other tensors that are not dense; negated views); unsafe (a storage
  /// key that is no plain name); missing; limit (16 GiB, 8 dimensions); those of `ZipArchive::read`.
  StoredTensor tensor(const PickleValue& call, std::string_view name);
  /// What owns the bytes of storages that were deflated.
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

/// Whether a value is a call that makes a tensor.
bool is_torch_tensor(const PickleValue& value);

}  // namespace sightline
