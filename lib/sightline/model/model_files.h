// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/weights/packed_file.h"

namespace sightline {

/// The bytes of a file, and the mapping that keeps them alive.
struct MappedBytes {
  std::shared_ptr<const void> owner;
  ByteView bytes;
};

/// The small files of a model (configuration, preprocessing, tokenizer) by name: those of a folder, or those
/// inside a packed model. Cheap to copy. const = safe to share.
class ModelFiles {
 public:
  /// "" is the current folder.
  ModelFiles(std::string folder = "") : place_(std::move(folder)) {}  // NOLINT: a folder is a set of files
  explicit ModelFiles(std::shared_ptr<const PackedFile> packed)
      : place_(packed->path()), packed_(std::move(packed)) {}

  bool has(std::string_view name) const;
  /// The whole content. Errors: those of `read_model_file`; corrupt for a packed model whose tokenizer is
  /// damaged.
  std::vector<std::byte> read(std::string_view name, std::int64_t max_bytes) const;
  /// The same without a copy: the file is mapped, which is faster for a file of some MiB. Errors: as `read`.
  MappedBytes map(std::string_view name, std::int64_t max_bytes) const;
  /// "folder/config.json", or for a packed model "M.sightline: config.json".
  std::string path(std::string_view name) const;
  /// The folder or the packed model.
  const std::string& place() const { return place_; }
  /// Null for a folder.
  const PackedFile* packed() const { return packed_.get(); }
  /// Keeps the bytes of a packed model's documents alive.
  std::shared_ptr<const void> owner() const { return packed_; }

 private:
  ByteView packed_document(std::string_view name, std::int64_t max_bytes) const;

  std::string place_;
  std::shared_ptr<const PackedFile> packed_;
};

}  // namespace sightline
