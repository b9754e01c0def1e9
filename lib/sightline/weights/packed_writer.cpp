// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/packed_writer.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/hash.h"
#include "sightline/base/library_version.h"
#include "sightline/ops/weight_panels.h"
#include "sightline/weights/element_converter.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/packed_metadata.h"
#include "sightline/weights/safetensors.h"

namespace sightline {
namespace {

const Int8Panels* quantized(const PackedContent& content, const std::string& name) {
  if (content.quantized == nullptr) return nullptr;
  const auto at = content.quantized->matrices.find(name);
  return at == content.quantized->matrices.end() ? nullptr : &at->second;
}

// The tensors with what scales each of them.
std::vector<PackedTensor> with_scaling(const PackedContent& content) {
  std::vector<PackedTensor> tensors(content.tensors.begin(), content.tensors.end());
  for (PackedTensor& tensor : tensors) {
    if (const Int8Panels* panels = quantized(content, tensor.name))
      tensor.scaling = panels->scales().inputs.empty() ? PackedScaling::outputs : PackedScaling::both;
  }
  return tensors;
}

// The fingerprint of the values that the file will have.
std::string values_fingerprint_of(const PackedContent& content) {
  if (content.quantized == nullptr) return values_fingerprint(content.weights, content.precision.matrices);
  Weights stored;
  std::map<std::string, DType> rounded;
  for (const PackedTensor& tensor : with_scaling(content)) {
    if (tensor.role == PackedRole::probes) continue;
    if (const Int8Panels* panels = quantized(content, tensor.name)) {
      stored.add(tensor.name, panels->stored(tensor.shape));
    } else {
      stored.add(tensor.name, content.weights.require(tensor.name, tensor.shape));
      rounded.emplace(tensor.name, packed_dtype(content.precision, tensor));
    }
  }
  return values_fingerprint(stored, [&](const std::string& name) {
    const auto at = rounded.find(name);
    return at == rounded.end() ? std::nullopt : std::optional(at->second);
  });
}

std::string metadata_of(const PackedContent& content) {
  return packed_metadata_json({.precision = &content.precision,
                               .program = "sightline " + std::string(version()),
                               .source = printable(content.source),
                               .model_fingerprint = model_fingerprint(content.weights),
                               .values_fingerprint = values_fingerprint_of(content),
                               .cosine = content.quantized == nullptr ? 1 : content.quantized->cosine});
}

// The header of a plan whose data starts at `data_start`; it may be too long for that.
std::string header_of(const PackedPlan& plan, const std::string& metadata) {
  std::string header = R"({"__metadata__":)" + metadata;
  for (const PackedPart& part : plan.parts) {
    header += ',';
    append_safetensors_entry(header, {part.name, part.dtype, part.shape, part.begin, part.end});
  }
  return header + "}";
}

class Writer {
 public:
  Writer(OutputFile& out, const PackedContent& content, ThreadPool& pool)
      : out_(out), content_(content), tensors_(with_scaling(content)), pool_(pool) {}

  void write() {
    const std::string metadata = metadata_of(content_);
    std::vector<PackedDocument> documents;
    for (const auto& [name, text] : content_.documents) documents.push_back({name, std::ssize(text)});
    // The places in the header depend on its length: padding aligns the matrices in the file.
    std::int64_t data_start = kPackedAlignment;
    while (true) {
      plan_.emplace(content_.precision, documents, tensors_, data_start);
      head_ = header_of(*plan_, metadata);
      const std::int64_t needed = kLengthBytes + std::ssize(head_);
      if (needed <= data_start) break;
      data_start = (needed + kPackedAlignment - 1) / kPackedAlignment * kPackedAlignment;
    }
    head_.resize(static_cast<std::size_t>(data_start - kLengthBytes), ' ');
    const std::uint64_t length = head_.size();
    head_.insert(0, reinterpret_cast<const char*>(&length), sizeof length);
    write_parts(data_start);
  }

 private:
  static constexpr std::int64_t kLengthBytes = 8;

  void write_parts(std::int64_t data_start) {
    out_.write(head_);
    hashes_[0].update(as_bytes(head_));
    for (const PackedPart& part : plan_->parts) {
      if (part.tensor != nullptr) {
        write_tensor(part);
      } else {
        append(part, as_bytes(text_of(part)));
      }
    }
    std::string checksums;
    for (const Hash128& hash : hashes_) checksums += hash.hex();
    out_.write_at(data_start, checksums);
  }

  // The bytes of a part without a tensor: a document, or zeros for padding and for checksums to come.
  std::string text_of(const PackedPart& part) const {
    for (const auto& [name, text] : content_.documents) {
      if (part.name == std::string(kPackedDocumentPrefix) + name) return text;
    }
    return std::string(static_cast<std::size_t>(part.end - part.begin), '\0');
  }

  // A part of a quantized matrix, or the probes.
  ByteView quantized_part(const PackedPart& part) const {
    if (part.tensor->role == PackedRole::probes) {
      if (content_.quantized == nullptr || content_.quantized->probe_embeddings.shape() != part.shape)
        fail(ErrorCode::mismatch, part.name, "are not there, or have another shape");
      return content_.quantized->probe_embeddings.bytes();
    }
    const Int8Panels& panels = *quantized(content_, part.tensor->name);
    const PanelScales scales = panels.scales();
    switch (part.field) {
      case PackedField::scales:
        return std::as_bytes(scales.columns);
      case PackedField::sums:
        return std::as_bytes(scales.sums);
      case PackedField::factors:
        return std::as_bytes(scales.inputs);
      case PackedField::values:
        break;
    }
    return panels.bytes();
  }

  void write_tensor(const PackedPart& part) {
    if (part.tensor->role == PackedRole::probes || part.tensor->scaling != PackedScaling::none) {
      const ByteView bytes = quantized_part(part);
      if (std::ssize(bytes) != part.end - part.begin)
        fail(ErrorCode::mismatch, part.name, "is quantized with another shape");
      return append(part, bytes);
    }
    const StoredTensor& source = content_.weights.require(part.name, part.tensor->shape);
    const std::vector<std::byte> rows = convert_elements(source, part.dtype, part.name, pool_);
    if (part.tensor->role != PackedRole::matrix) return append(part, rows);
    const std::int64_t out = part.tensor->shape[0];
    const PanelLayout layout(part.dtype, out, part.tensor->shape.elements() / out);
    std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()));
    rows_to_panels(StoredTensor(part.dtype, part.tensor->shape, rows), layout, panels);
    append(part, panels);
  }

  void append(const PackedPart& part, ByteView bytes) {
    out_.write(as_text(bytes));
    if (part.begin == 0) return;  // the checksums
    const auto range = std::lower_bound(plan_->range_ends.begin(), plan_->range_ends.end(), part.end);
    hashes_[static_cast<std::size_t>(range - plan_->range_ends.begin())].update(bytes);
  }

  OutputFile& out_;
  const PackedContent& content_;
  const std::vector<PackedTensor> tensors_;
  ThreadPool& pool_;
  std::optional<PackedPlan> plan_;
  std::string head_;                           ///< the length and the header of the container
  std::array<Hash128, kPackedRanges> hashes_;  ///< one for each PackedRange
};

}  // namespace

void write_packed(OutputFile& out, const PackedContent& content, ThreadPool& pool) {
  Writer(out, content, pool).write();
}

}  // namespace sightline
