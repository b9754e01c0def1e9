// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"

namespace sightline {

/// A precision in which a packed file stores weights.
struct PackedPrecision {
  std::string_view name;  ///< "f16"
  DType matrices;         ///< element type of the panels of matrices
  DType vectors;          ///< element type of biases, norms and position embeddings
  DType tables;           ///< element type of embedding tables
  DType kept;             ///< element type of the panels of matrices that are not quantized
  bool quantized() const { return matrices == DType::i8; }
};
/// All precisions.
std::span<const PackedPrecision> packed_precisions();
/// Errors: unsupported, with `subject`, for an unknown name.
const PackedPrecision& packed_precision(std::string_view name, std::string_view subject);

/// How a packed file stores a tensor of a model.
enum class PackedRole {
  vector,  ///< rows, near the beginning of the file: biases, norms, positions
  matrix,  ///< panels
  table,   ///< rows, at the end of the file: the token embedding
  probes,  ///< float32 rows in quantized files only: embeddings of the self-check, not a tensor of the model
};
/// What a matrix in a quantized file is multiplied by, besides its integers.
enum class PackedScaling {
  none,     ///< the matrix is not quantized
  outputs,  ///< a scale for each output
  both,     ///< also a factor for each input
};
/// A tensor of a model under its canonical name, with its logical shape.
struct PackedTensor {
  std::string name;
  Shape shape;
  PackedRole role = PackedRole::vector;
  PackedScaling scaling = PackedScaling::none;  ///< of a matrix
};
/// The type in which a file of this precision stores a tensor.
DType packed_dtype(const PackedPrecision& precision, const PackedTensor& tensor);

/// What a checksum covers: consecutive ranges of the data.
enum class PackedRange {
  description,      ///< the required documents; its checksum includes the header of the container
  vectors,          ///< all tensors in the role `vector`, what scales matrices, and the probes
  token_table,      ///< the tokenizer in a form that is used in place
  tokenizer_files,  ///< the files from which that was compiled
  weights,          ///< matrices and tables, with the padding before them
};
inline constexpr std::size_t kPackedRanges = 5;

/// A kind of small file that is stored as it is.
struct PackedDocumentKind {
  std::string_view name;
  PackedRange range;
};
/// All kinds in the order of the file. Those in the range `description` are required.
std::span<const PackedDocumentKind> packed_documents();
inline constexpr std::string_view kPackedConfig = "config.json", kPackedTokenTable = "tokenizer.table";
/// In place of config.json, for models that only OpenCLIP's config describes.
inline constexpr std::string_view kPackedOpenCLIPConfig = "open_clip_config.json";

/// A document of a certain file.
struct PackedDocument {
  std::string name;
  std::int64_t bytes = 0;
};

/// What a part says about its tensor.
enum class PackedField {
  values,   ///< the elements themselves
  scales,   ///< of an int8 matrix: float32 [out] (PanelScales::columns)
  sums,     ///< int32 [out] (PanelScales::sums)
  factors,  ///< float32 [in] (PanelScales::inputs)
};
/// The name of a part: that of the tensor and, except for its values, of the field.
std::string packed_part_name(std::string_view tensor, PackedField field);

/// One entry of the container: a document, a tensor or a field of one, padding, or the checksums.
struct PackedPart {
  std::string name;
  DType dtype = DType::u8;
  Shape shape;
  std::int64_t begin = 0, end = 0;       ///< range in the data of the container
  const PackedTensor* tensor = nullptr;  ///< the tensor that it belongs to, if any
  PackedField field = PackedField::values;
};

/// The order, types and places of all parts of a packed file. They follow from the precision, the sizes of
/// the documents, the tensors of the model and what scales them, so a writer and a reader compute the same
/// plan.
struct PackedPlan {
  /// `documents`: those of the file, in any order. `tensors`: all tensors of the model
  /// in the order in which they are used; must outlive the plan. `data_start`: offset of the data in the
  /// file, from which the alignment of the matrices is counted. Errors: range if a size does not fit in 63
  /// bits; those of PanelLayout.
  PackedPlan(const PackedPrecision& precision, std::span<const PackedDocument> documents,
             std::span<const PackedTensor> tensors, std::int64_t data_start);

  std::vector<PackedPart> parts;
  /// The end of each `PackedRange` in the data; it begins where the one before it ends, the first one after
  /// the checksums.
  std::array<std::int64_t, kPackedRanges> range_ends{};

 private:
  void add(PackedPart part, std::int64_t bytes);
  void align(std::int64_t alignment);
  void add_documents(std::span<const PackedDocument> documents, PackedRange range);
  void add_tensors(const PackedPrecision& precision, std::span<const PackedTensor> tensors, PackedRole role);
  void add_scales(std::span<const PackedTensor> tensors);
  void add_aligned(PackedPart part);
  void end_range(PackedRange range) { range_ends[static_cast<std::size_t>(range)] = end(); }
  std::int64_t end() const { return parts.empty() ? 0 : parts.back().end; }

  std::int64_t data_start_;
  std::int64_t paddings_ = 0;
};

/// The number of this version of the format.
inline constexpr std::string_view kPackedVersion = "1";
/// The arrangement of panels (`PanelLayout`).
inline constexpr std::string_view kPackedLayout = "panels-48";

/// Prefix of the names of documents in the container.
inline constexpr std::string_view kPackedDocumentPrefix = "files/";
/// Name of the first part: an XXH3-128 hash, in 32 hexadecimal digits, for each `PackedRange`.
inline constexpr std::string_view kPackedChecksumPart = "sightline.checksums";
inline constexpr std::int64_t kPackedChecksumDigits = 32,
                              kPackedChecksumBytes = kPackedRanges * kPackedChecksumDigits;

/// Alignment, in the file, of every part and of the first matrix.
inline constexpr std::int64_t kPackedAlignment = 64, kPackedMatrixAlignment = 2 << 20;

}  // namespace sightline
