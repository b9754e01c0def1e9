// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/keras_h5.h"

#include <algorithm>
#include <array>

#include "sightline/base/error.h"
#include "sightline/containers/hdf5.h"
#include "sightline/containers/json.h"
#include "sightline/containers/zip.h"
#include "sightline/files/file.h"
#include "sightline/weights/fingerprint.h"

namespace sightline {
namespace {

constexpr std::string_view kConfig = "config.json";
constexpr std::string_view kWeights = "model.weights.h5";
constexpr std::int64_t kMaxConfigBytes = 16 << 20;
constexpr std::int64_t kMaxInflation = 200;  // weights are close to random; deflate itself could reach 1,032
constexpr std::int64_t kMaxWeightBytes = 16LL << 30;

DType dtype_of(Hdf5Type type) {
  switch (type) {
    case Hdf5Type::f64:
      return DType::f64;
    case Hdf5Type::f32:
      return DType::f32;
    case Hdf5Type::f16:
      return DType::f16;
    case Hdf5Type::bf16:
      return DType::bf16;
    case Hdf5Type::i64:
      return DType::i64;
    case Hdf5Type::i32:
      return DType::i32;
    case Hdf5Type::i16:
      return DType::i16;
    case Hdf5Type::i8:
      return DType::i8;
    case Hdf5Type::u8:
      return DType::u8;
    default:
      return DType::other;
  }
}

// Keras stores bfloat16 as opaque bytes and marks them with an attribute.
DType dtype_of(const Hdf5Dataset& dataset, std::string_view subject) {
  const auto attribute = dataset.attributes.find("dtype");
  const bool is_marked = attribute != dataset.attributes.end() && attribute->second == "bfloat16";
  if (dataset.type == Hdf5Type::opaque && is_marked && dataset.element_bytes == 2) return DType::bf16;
  if (dataset.type == Hdf5Type::opaque || (is_marked && dataset.type != Hdf5Type::bf16)) {
    fail(ErrorCode::type, std::string(subject).append(": ").append(dataset.path),
         "contains " + std::string(hdf5_type_name(dataset.type)) + " elements of " +
             std::to_string(dataset.element_bytes) + " bytes" +
             (is_marked ? " and is marked as bfloat16" : ", expected numbers"));
  }
  return dtype_of(dataset.type);
}

Weights weights_of(ByteView file, std::string_view subject, bool mapped) {
  Weights weights;
  const Hdf5Contents contents = parse_hdf5(file, subject);
  for (const Hdf5Dataset& dataset : contents.datasets) {
    weights.add(dataset.path, {dtype_of(dataset, subject), Shape(dataset.shape), dataset.bytes, mapped});
  }
  for (const Hdf5Group& group : contents.groups) {
    const auto name = group.attributes.find("name");
    if (name != group.attributes.end()) weights.set_metadata(group.path, name->second);
    if (!group.path.empty()) continue;
    for (const auto& [key, value] : group.attributes) keep_fingerprint_metadata(weights, key, value);
  }
  return weights;
}

// Only the sizes of a configuration are used. Layers that would run code in Keras are rejected, because
// without them the weights are not the whole model.
void check_no_code(const Json& value) {
  if (value.is_array()) value.for_each_element([](const Json& element) { check_no_code(element); });
  if (!value.is_object()) return;
  value.for_each_member([](std::string_view key, const Json& member) {
    if (key == "class_name" && member.is_string() &&
        (member.as_string() == "Lambda" || member.as_string() == "__lambda__")) {
      fail(ErrorCode::unsupported, member.path(), "is a layer with code (Lambda), which is never executed");
    }
    check_no_code(member);
  });
}

void read_config(const ZipArchive& archive, const std::string& path, Weights& weights) {
  const ZipEntry* entry = archive.find(kConfig);
  if (entry == nullptr) fail(ErrorCode::missing, path, "contains no config.json");
  const ZipContent content = archive.read(*entry, kMaxConfigBytes);
  const std::string_view text = as_text(content.bytes);
  check_no_code(JsonDocument(text, path + ": config.json", {.max_bytes = kMaxConfigBytes}).root());
  weights.set_metadata(std::string(kConfig), std::string(text));
}

void check_inflation(const ZipEntry& entry, const std::string& subject) {
  if (!entry.deflated || entry.size / kMaxInflation < entry.stored_size) return;
  fail(ErrorCode::limit, subject,
       "inflates from " + std::to_string(entry.stored_size) + " to " + std::to_string(entry.size) +
           " bytes, a ratio above the limit of 200");
}

// Keras 2 lists the layers in an attribute of the root group; Keras 3 has no such attribute.
bool is_keras_2(ByteView file) {
  constexpr std::size_t kRoot = 64 << 10;
  return as_text(file.first(std::min(kRoot, file.size()))).find("layer_names") != std::string_view::npos;
}

}  // namespace

bool KerasH5::recognizes(ByteView head) const { return has_hdf5_signature(head); }

Weights KerasH5::read(const std::string& path) const {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  Weights weights;
  try {
    weights = weights_of(file->bytes(), path, true);
  } catch (const Error&) {
    if (!is_keras_2(file->bytes())) throw;
    fail(
        ErrorCode::unsupported, path,
        "is a TensorFlow or Keras 2 file, such as tf_model.h5, expected a Keras 3 file; transformers 4 reads "
        "it with "
        "from_tf=True and writes model.safetensors with save_pretrained");
  }
  weights.keep(file);
  return weights;
}

// A zip file whose first member is one that Keras writes.
bool KerasArchive::recognizes(ByteView head) const {
  constexpr std::size_t kNameLength = 26, kName = 30;
  if (!as_text(head).starts_with("PK\x03\x04") || head.size() < kName) return false;
  const auto length = load_le<std::uint16_t>(head, kNameLength, "");
  const std::string_view name = as_text(head).substr(kName, length);
  constexpr std::array<std::string_view, 3> kFirst = {"metadata.json", kConfig, kWeights};
  return std::find(kFirst.begin(), kFirst.end(), name) != kFirst.end();
}

Weights KerasArchive::read(const std::string& path) const {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  const ZipArchive archive(file->bytes(), path);
  const ZipEntry* entry = archive.find(kWeights);
  if (entry == nullptr) fail(ErrorCode::missing, path, "contains no model.weights.h5");
  const std::string subject = path + ": " + std::string(kWeights);
  check_inflation(*entry, subject);
  const ZipContent content = archive.read(*entry, kMaxWeightBytes);
  Weights weights = weights_of(content.bytes, subject, !entry->deflated);
  read_config(archive, path, weights);
  weights.keep(file);
  weights.keep(content.owner);
  return weights;
}

}  // namespace sightline
