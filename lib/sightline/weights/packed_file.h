// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/base/function_ref.h"
#include "sightline/files/file.h"
#include "sightline/weights/packed_metadata.h"
#include "sightline/weights/packed_plan.h"
#include "sightline/weights/packed_scales.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// A packed model, `M.sightline`: a safetensors container with a model's small files, its vectors, and its
/// matrices in the arrangement from which the native kernels multiply (docs/formats.md). The file is
/// memory-mapped and nothing is copied. const = safe to share.
class PackedFile {
 public:
  /// Returns the tensors of a model of a config in the order in which they are used. `name`: config.json or
  /// open_clip_config.json.
  using TensorsOf = FunctionRef<std::vector<PackedTensor>(std::string_view name, std::string_view config)>;

  /// Opens a file and checks everything except the values of the tokenizer's files and of the weights: the
  /// container, the version, the checksums of the description and of the vectors, and that the parts are
  /// exactly those that `tensors_of` requires, each in its place. Errors: those of `parse_safetensors`,
  /// MappedFile and `tensors_of`; magic if it is not a packed file; unsupported for another version, layout
  /// or precision; header (metadata); missing, mismatch, range (parts); corrupt (checksums); corrupt, range
  /// (scales of int8 matrices).
  static std::shared_ptr<const PackedFile> open(const std::string& path, TensorsOf tensors_of);
  /// The same for a file in memory, which must outlive the result. `subject` names it in messages.
  static std::shared_ptr<const PackedFile> parse(ByteView file, const std::string& subject,
                                                 TensorsOf tensors_of);

  const std::string& path() const { return path_; }
  const PackedPrecision& precision() const { return *metadata_.precision; }
  const PackedMetadata& metadata() const { return metadata_; }

  /// Whether the file contains this document.
  bool contains(std::string_view name) const { return documents_.contains(name); }
  /// The bytes of a document, valid as long as this object. The first call for a document of the
  /// tokenizer compares the checksum of its range. Errors: missing, corrupt.
  ByteView document(std::string_view name) const;
  /// The tensors under canonical names; they keep the mapping alive.
  Weights weights() const;
  /// Of a quantized file: the normalised float32 embeddings [probes, E] of its self-check; else empty.
  Tensor probe_embeddings() const;
  /// Compares all checksums, and the column sums of int8 matrices with their integers. Reads every byte.
  /// Errors: corrupt.
  void check() const;

 private:
  PackedFile() = default;
  using Parts = std::map<std::string, StoredTensor, std::less<>>;
  void read(ByteView file, TensorsOf tensors_of);
  void check_description(const Parts& parts);
  void read_parts(const Parts& parts, TensorsOf tensors_of);
  void read_vectors();
  ByteView view(std::int64_t begin, std::int64_t end) const;
  void check_sum(PackedRange range, ByteView bytes) const;
  void check_range(PackedRange range) const;

  std::string path_;
  std::shared_ptr<const MappedFile> mapped_;
  ByteView head_, data_;  ///< the length and header of the container, and the data
  PackedMetadata metadata_;
  std::string_view checksums_;
  std::vector<PackedTensor> tensors_;
  std::shared_ptr<const PackedScales> scales_;
  std::unique_ptr<const PackedPlan> plan_;
  std::map<std::string, ByteView, std::less<>> documents_;
  mutable std::array<std::once_flag, kPackedRanges> checked_;
};

}  // namespace sightline
