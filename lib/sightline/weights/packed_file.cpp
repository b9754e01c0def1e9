// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/packed_file.h"

#include <algorithm>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/hash.h"
#include "sightline/files/placeholder.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/packed_probes.h"
#include "sightline/weights/safetensors.h"

namespace sightline {
namespace {

using Parts = std::map<std::string, StoredTensor, std::less<>>;

std::string part_name(std::string_view document) {
  return std::string(kPackedDocumentPrefix).append(document);
}

std::string describe(DType dtype, const Shape& shape) {
  return std::string(dtype_name(dtype)) + " " + to_string(shape);
}

// A part of the file that is read before the plan of all parts is known.
ByteView required_part(const Parts& parts, const std::string& name) {
  const auto at = parts.find(name);
  if (at == parts.end()) fail(ErrorCode::missing, name, "is not in the packed model");
  return at->second.bytes();
}

void check_part(const PackedPart& expected, const Parts& parts, ByteView data) {
  const auto at = parts.find(expected.name);
  if (at == parts.end()) {
    fail(ErrorCode::missing, expected.name,
         "is not in the packed model, expected " + describe(expected.dtype, expected.shape));
  }
  const StoredTensor& part = at->second;
  if (part.dtype != expected.dtype || !(part.shape == expected.shape)) {
    fail(ErrorCode::mismatch, expected.name,
         "is " + describe(part.dtype, part.shape) + ", expected " + describe(expected.dtype, expected.shape));
  }
  const std::int64_t begin = part.bytes().data() - data.data();
  if (begin != expected.begin) {
    fail(ErrorCode::range, expected.name,
         "starts at byte " + std::to_string(begin) + " of the data, expected byte " +
             std::to_string(expected.begin));
  }
}

// The parts are exactly those of the plan, each in its place.
void check_parts(const PackedPlan& plan, const Parts& parts, ByteView data) {
  for (const PackedPart& expected : plan.parts) check_part(expected, parts, data);
  if (parts.size() == plan.parts.size()) return;
  for (const auto& part : parts) {
    const std::string& name = part.first;  // clang 14 captures no structured binding
    const bool planned = std::any_of(plan.parts.begin(), plan.parts.end(),
                                     [&](const PackedPart& expected) { return expected.name == name; });
    if (!planned) fail(ErrorCode::mismatch, name, "is not a part of a packed model with this configuration");
  }
}

std::vector<PackedDocument> documents_of(const Parts& parts) {
  std::vector<PackedDocument> documents;
  for (const PackedDocumentKind& kind : packed_documents()) {
    const auto at = parts.find(part_name(kind.name));
    if (at != parts.end()) documents.push_back({std::string(kind.name), at->second.byte_size()});
  }
  return documents;
}

// What scales each matrix of a quantized file follows from the parts that are there.
void set_scaling(std::vector<PackedTensor>& tensors, const Parts& parts) {
  for (PackedTensor& tensor : tensors) {
    const auto has = [&](PackedField field) { return parts.contains(packed_part_name(tensor.name, field)); };
    if (tensor.role != PackedRole::matrix || !has(PackedField::scales)) continue;
    tensor.scaling = has(PackedField::factors) ? PackedScaling::both : PackedScaling::outputs;
  }
}

std::string_view name_of(PackedRange range) {
  switch (range) {
    case PackedRange::description:
      return "header and configuration";
    case PackedRange::vectors:
      return "vectors";
    case PackedRange::token_table:
      return "token table";
    case PackedRange::tokenizer_files:
      return "tokenizer files";
    case PackedRange::weights:
      break;
  }
  return "weights";
}

}  // namespace

std::shared_ptr<const PackedFile> PackedFile::open(const std::string& path, TensorsOf tensors_of) {
  std::shared_ptr<PackedFile> packed(new PackedFile);  // NOLINT: the constructor is private
  packed->path_ = path;
  packed->mapped_ = MappedFile::open(path);
  packed->read(packed->mapped_->bytes(), tensors_of);
  return packed;
}

std::shared_ptr<const PackedFile> PackedFile::parse(ByteView file, const std::string& subject,
                                                    TensorsOf tensors_of) {
  std::shared_ptr<PackedFile> packed(new PackedFile);  // NOLINT: the constructor is private
  packed->path_ = subject;
  packed->read(file, tensors_of);
  return packed;
}

void PackedFile::read(ByteView file, TensorsOf tensors_of) {
  if (!is_packed_model(file)) {
    if (file.empty()) fail(ErrorCode::truncated, path_, "is empty");
    check_not_placeholder(file.first(std::min<std::size_t>(file.size(), 512)), path_);
    fail(ErrorCode::magic, path_, "is not a packed model, or its first bytes are damaged");
  }
  std::map<std::string, std::string> metadata;
  Parts parts;
  for (SafetensorsTensor& part : parse_safetensors(file, path_, metadata))
    parts.emplace(std::move(part.name), std::move(part.tensor));
  const auto header = static_cast<std::size_t>(load_le<std::uint64_t>(file, 0, path_));
  head_ = file.first(sizeof(std::uint64_t) + header);
  data_ = file.subspan(head_.size());
  try {
    check_packed_version(metadata);
    check_description(parts);
    metadata_ = read_packed_metadata(metadata);
    read_parts(parts, tensors_of);
  } catch (const Error& error) {
    throw error.within(path_);
  }
}

// Checked before the description is interpreted, so that damage is reported as such. The plan then requires
// that the documents are where this assumes them: directly after the checksums.
void PackedFile::check_description(const Parts& parts) {
  checksums_ = as_text(required_part(parts, std::string(kPackedChecksumPart)));
  if (std::ssize(checksums_) != kPackedChecksumBytes) {
    fail(ErrorCode::mismatch, kPackedChecksumPart,
         "has " + std::to_string(checksums_.size()) + " bytes, expected " +
             std::to_string(kPackedChecksumBytes));
  }
  std::int64_t end = kPackedChecksumBytes;
  for (const PackedDocumentKind& kind : packed_documents()) {
    if (kind.range != PackedRange::description || !parts.contains(part_name(kind.name))) continue;
    const ByteView document = required_part(parts, part_name(kind.name));
    end = std::max(end, document.data() + document.size() - data_.data());
  }
  check_sum(PackedRange::description, view(kPackedChecksumBytes, end));
}

void PackedFile::read_parts(const Parts& parts, TensorsOf tensors_of) {
  if (std::ssize(head_) % kPackedAlignment != 0) {
    fail(ErrorCode::range, "header",
         "ends at byte " + std::to_string(head_.size()) + ", expected a multiple of " +
             std::to_string(kPackedAlignment));
  }
  const bool openclip = parts.contains(part_name(kPackedOpenCLIPConfig));
  const std::string_view config = openclip ? kPackedOpenCLIPConfig : kPackedConfig;
  tensors_ = tensors_of(config, as_text(required_part(parts, part_name(config))));
  if (precision().quantized()) set_scaling(tensors_, parts);
  plan_ = std::make_unique<const PackedPlan>(*metadata_.precision, documents_of(parts), tensors_,
                                             std::ssize(head_));
  check_parts(*plan_, parts, data_);
  check_range(PackedRange::vectors);
  read_vectors();
  for (const PackedDocument& document : documents_of(parts))
    documents_.emplace(document.name, required_part(parts, part_name(document.name)));
}

void PackedFile::read_vectors() {
  const auto scales = std::make_shared<PackedScales>();
  for (const PackedPart& part : plan_->parts) {
    if (part.field != PackedField::values) scales->add(part, view(part.begin, part.end));
    if (part.tensor != nullptr && part.tensor->role == PackedRole::probes)
      check_probe_embeddings(part.name, probe_embeddings());
  }
  scales_ = scales;
}

ByteView PackedFile::view(std::int64_t begin, std::int64_t end) const {
  return data_.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

void PackedFile::check_sum(PackedRange range, ByteView bytes) const {
  Hash128 hash;
  if (range == PackedRange::description) hash.update(head_);
  hash.update(bytes);
  const auto first = static_cast<std::size_t>(static_cast<std::int64_t>(range) * kPackedChecksumDigits);
  if (checksums_.substr(first, kPackedChecksumDigits) == hash.hex()) return;
  fail(ErrorCode::corrupt, name_of(range), "do not match their checksum; the file is damaged");
}

void PackedFile::check_range(PackedRange range) const {
  const auto index = static_cast<std::size_t>(range);
  const std::int64_t begin = index == 0 ? kPackedChecksumBytes : plan_->range_ends[index - 1];
  check_sum(range, view(begin, plan_->range_ends[index]));
}

ByteView PackedFile::document(std::string_view name) const {
  const auto at = documents_.find(name);
  if (at == documents_.end()) fail(ErrorCode::missing, path_, "does not contain " + std::string(name));
  for (const PackedDocumentKind& kind : packed_documents()) {
    if (kind.name != name || kind.range == PackedRange::description) continue;
    std::call_once(checked_[static_cast<std::size_t>(kind.range)], [&] {
      try {
        check_range(kind.range);
      } catch (const Error& error) {
        throw error.within(path_);
      }
    });
  }
  return at->second;
}

Weights PackedFile::weights() const {
  Weights weights;
  for (const PackedPart& part : plan_->parts) {
    if (part.tensor == nullptr || part.field != PackedField::values) continue;
    const ByteView bytes = view(part.begin, part.end);
    const PackedTensor& tensor = *part.tensor;
    if (tensor.role == PackedRole::matrix) {
      weights.add(part.name, StoredTensor::from_panels(part.dtype, tensor.shape, bytes,
                                                       scales_->of(tensor.name), mapped_ != nullptr));
    } else if (tensor.role != PackedRole::probes) {
      weights.add(part.name, StoredTensor(part.dtype, tensor.shape, bytes, mapped_ != nullptr));
    }
  }
  keep_fingerprint_metadata(weights, std::string(kModelFingerprintKey), metadata_.model_fingerprint);
  keep_fingerprint_metadata(weights, std::string(kValuesFingerprintKey), metadata_.values_fingerprint);
  if (mapped_ != nullptr) weights.keep(mapped_);
  weights.keep(scales_);
  return weights;
}

Tensor PackedFile::probe_embeddings() const {
  for (const PackedPart& part : plan_->parts) {
    if (part.tensor != nullptr && part.tensor->role == PackedRole::probes)
      return to_float(StoredTensor(part.dtype, part.shape, view(part.begin, part.end)));
  }
  return {};
}

void PackedFile::check() const {
  try {
    for (std::size_t range = 0; range < kPackedRanges; ++range) check_range(static_cast<PackedRange>(range));
    const Weights tensors = weights();
    for (const std::string& name : tensors.names()) {
      const StoredPanels* panels = tensors.find(name)->panels();
      if (panels != nullptr && panels->layout.element() == DType::i8) check_sums(name, *panels);
    }
  } catch (const Error& error) {
    throw error.within(path_);
  }
}

}  // namespace sightline
