// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/packed_plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"
#include "sightline/tensor/panel_layout.h"

namespace sightline {
namespace {

// Matrices that lose too much in int8 are kept in float16, whose products have the same bits on every
// processor with fused multiply-adds, as those of int8 have.
constexpr std::array kPrecisions = {
    PackedPrecision{"f32", DType::f32, DType::f32, DType::f32, DType::f32},
    PackedPrecision{"f16", DType::f16, DType::f16, DType::f16, DType::f16},
    PackedPrecision{"bf16", DType::bf16, DType::bf16, DType::bf16, DType::bf16},
    PackedPrecision{"int8", DType::i8, DType::f32, DType::f16, DType::f16},
};

constexpr std::array kDocuments = {
    PackedDocumentKind{kPackedConfig, PackedRange::description},
    PackedDocumentKind{kPackedOpenCLIPConfig, PackedRange::description},
    PackedDocumentKind{"preprocessor_config.json", PackedRange::description},
    PackedDocumentKind{kPackedTokenTable, PackedRange::token_table},
    PackedDocumentKind{"vocab.json", PackedRange::tokenizer_files},
    PackedDocumentKind{"merges.txt", PackedRange::tokenizer_files},
    PackedDocumentKind{"tokenizer.json", PackedRange::tokenizer_files},
    PackedDocumentKind{"spiece.model", PackedRange::tokenizer_files},
    PackedDocumentKind{"sentencepiece.bpe.model", PackedRange::tokenizer_files},
    PackedDocumentKind{"vocab.txt", PackedRange::tokenizer_files},
    PackedDocumentKind{"added_tokens.json", PackedRange::tokenizer_files},
    PackedDocumentKind{"special_tokens_map.json", PackedRange::tokenizer_files},
    PackedDocumentKind{"tokenizer_config.json", PackedRange::tokenizer_files},
};

std::int64_t bytes_of(DType dtype, const Shape& shape, std::string_view name) {
  std::int64_t bytes = size_of(dtype);
  for (int axis = 0; axis < shape.rank(); ++axis) bytes = checked_mul(bytes, shape[axis], name);
  return bytes;
}

// The panels of a matrix have the shape [columns, inputs] with both sizes padded.
Shape panel_shape(DType element, const Shape& matrix) {
  const PanelLayout layout(element, matrix[0], matrix.elements() / std::max<std::int64_t>(1, matrix[0]));
  return Shape{layout.elements() / layout.padded_in(), layout.padded_in()};
}

}  // namespace

std::span<const PackedPrecision> packed_precisions() { return kPrecisions; }

const PackedPrecision& packed_precision(std::string_view name, std::string_view subject) {
  std::string known;
  for (const PackedPrecision& precision : kPrecisions) {
    if (precision.name == name) return precision;
    known += (known.empty() ? "" : ", ") + std::string(precision.name);
  }
  fail(ErrorCode::unsupported, subject,
       "has the precision '" + std::string(name) + "', which is not supported, expected one of " + known);
}

DType packed_dtype(const PackedPrecision& precision, const PackedTensor& tensor) {
  switch (tensor.role) {
    case PackedRole::vector:
      return precision.vectors;
    case PackedRole::table:
      return precision.tables;
    case PackedRole::probes:
      return DType::f32;
    case PackedRole::matrix:
      break;
  }
  return tensor.scaling == PackedScaling::none ? precision.kept : precision.matrices;
}

std::string packed_part_name(std::string_view tensor, PackedField field) {
  constexpr std::array<std::string_view, 4> kEndings = {"", ".scales", ".sums", ".factors"};
  return std::string(tensor).append(kEndings[static_cast<std::size_t>(field)]);
}

std::span<const PackedDocumentKind> packed_documents() { return kDocuments; }

PackedPlan::PackedPlan(const PackedPrecision& precision, std::span<const PackedDocument> documents,
                       std::span<const PackedTensor> tensors, std::int64_t data_start)
    : data_start_(data_start) {
  add({std::string(kPackedChecksumPart), DType::u8, Shape{kPackedChecksumBytes}}, kPackedChecksumBytes);
  add_documents(documents, PackedRange::description);
  add_tensors(precision, tensors, PackedRole::vector);
  add_scales(tensors);
  if (precision.quantized()) add_tensors(precision, tensors, PackedRole::probes);
  end_range(PackedRange::vectors);
  add_documents(documents, PackedRange::token_table);
  add_documents(documents, PackedRange::tokenizer_files);
  align(kPackedMatrixAlignment);
  add_tensors(precision, tensors, PackedRole::matrix);
  add_tensors(precision, tensors, PackedRole::table);
  end_range(PackedRange::weights);
}

void PackedPlan::add(PackedPart part, std::int64_t bytes) {
  part.begin = end();
  part.end = checked_add(part.begin, bytes, part.name);
  parts.push_back(std::move(part));
}

void PackedPlan::align(std::int64_t alignment) {
  const std::int64_t beyond = checked_add(data_start_, end(), "padding") % alignment;
  if (beyond == 0) return;
  const std::int64_t bytes = alignment - beyond;
  add({"padding." + std::to_string(paddings_++), DType::u8, Shape{bytes}}, bytes);
}

void PackedPlan::add_documents(std::span<const PackedDocument> documents, PackedRange range) {
  for (const PackedDocumentKind& kind : kDocuments) {
    if (kind.range != range) continue;
    const auto document = std::find_if(documents.begin(), documents.end(),
                                       [&](const PackedDocument& other) { return other.name == kind.name; });
    if (document == documents.end()) continue;
    align(kPackedAlignment);
    add({std::string(kPackedDocumentPrefix) + document->name, DType::u8, Shape{document->bytes}},
        document->bytes);
  }
  end_range(range);
}

void PackedPlan::add_tensors(const PackedPrecision& precision, std::span<const PackedTensor> tensors,
                             PackedRole role) {
  for (const PackedTensor& tensor : tensors) {
    if (tensor.role != role) continue;
    const DType dtype = packed_dtype(precision, tensor);
    const Shape shape = role == PackedRole::matrix ? panel_shape(dtype, tensor.shape) : tensor.shape;
    add_aligned({tensor.name, dtype, shape, 0, 0, &tensor});
  }
}

void PackedPlan::add_scales(std::span<const PackedTensor> tensors) {
  for (const PackedTensor& tensor : tensors) {
    if (tensor.scaling == PackedScaling::none) continue;
    const Shape out{tensor.shape[0]}, in{tensor.shape.elements() / std::max<std::int64_t>(1, out[0])};
    const auto add_field = [&](PackedField field, DType dtype, const Shape& shape) {
      add_aligned({packed_part_name(tensor.name, field), dtype, shape, 0, 0, &tensor, field});
    };
    add_field(PackedField::scales, DType::f32, out);
    add_field(PackedField::sums, DType::i32, out);
    if (tensor.scaling == PackedScaling::both) add_field(PackedField::factors, DType::f32, in);
  }
}

void PackedPlan::add_aligned(PackedPart part) {
  align(kPackedAlignment);
  const std::int64_t bytes = bytes_of(part.dtype, part.shape, part.name);
  add(std::move(part), bytes);
}

}  // namespace sightline
