// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/gguf_format.h"

#include <cstring>
#include <span>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/gguf.h"
#include "sightline/files/file.h"
#include "sightline/weights/gguf_quants.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxListed = 16;  // includes the channel means but not the vocabulary

DType dtype_of(GgufTensorType type) {
  switch (type) {
    case GgufTensorType::f16:
      return DType::f16;
    case GgufTensorType::bf16:
      return DType::bf16;
    case GgufTensorType::f64:
      return DType::f64;
    case GgufTensorType::i8:
      return DType::i8;
    case GgufTensorType::i16:
      return DType::i16;
    case GgufTensorType::i32:
      return DType::i32;
    case GgufTensorType::i64:
      return DType::i64;
    default:  // the quantized types become float32
      return DType::f32;
  }
}

StoredTensor stored(const GgufTensor& tensor) {
  const Shape shape{std::span<const std::int64_t>(tensor.shape)};
  if (!is_quantized(tensor.type)) return {dtype_of(tensor.type), shape, tensor.bytes, true};
  return StoredTensor::deferred(
      DType::f32, shape,
      [type = tensor.type, blocks = tensor.bytes](std::span<std::byte> out) {
        dequantize(type, blocks, out);
      },
      [type = tensor.type, blocks = tensor.bytes](std::int64_t index, std::span<std::byte> scratch) {
        const float value = dequantized_element(type, blocks, index);
        std::memcpy(scratch.data(), &value, sizeof(value));
        return ByteView(scratch);
      });
}

void add_metadata(Weights& weights, const GgufValue& value, const std::string& path) {
  if (value.is_array && (value.type == GgufType::string || value.count > kMaxListed)) {
    weights.set_metadata(value.key + ".size", std::to_string(value.count));
    return;
  }
  std::string text = gguf_text(value);
  if (!is_utf8(text)) fail(ErrorCode::utf8, path + ": " + value.key, "is not UTF-8");
  weights.set_metadata(value.key, std::move(text));
}

}  // namespace

bool Gguf::recognizes(ByteView head) const { return has_gguf_magic(head); }

Weights Gguf::read(const std::string& path) const {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  const GgufContents contents = parse_gguf(file->bytes(), path);
  Weights weights;
  for (const GgufValue& value : contents.values) add_metadata(weights, value, path);
  for (const GgufTensor& tensor : contents.tensors) weights.add(tensor.name, stored(tensor));
  weights.keep(file);
  return weights;
}

}  // namespace sightline
