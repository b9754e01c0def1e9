// SPDX-License-Identifier: Apache-2.0
// GGUF: what is accepted lies in the file, one tensor behind the other, and can be read.

#include <cstdint>
#include <cstdlib>
#include <set>

#include "sightline/base/error.h"
#include "sightline/containers/gguf.h"
#include "sightline/weights/gguf_quants.h"

namespace {

using sightline::ByteView;
using sightline::GgufContents;
using sightline::GgufTensor;
using sightline::GgufValue;

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(ByteView file, ByteView part) {
  return part.empty() ||
         (part.data() >= file.data() && part.data() + part.size() <= file.data() + file.size());
}

void check_values(ByteView file, const GgufContents& contents) {
  std::set<std::string> keys;
  std::size_t length = 0;
  for (const GgufValue& value : contents.values) {
    require(keys.insert(value.key).second);
    require(lies_in(file, value.bytes));
    length += gguf_text(value).size() + gguf_strings(value).size();
  }
  require(length <= file.size() * 32);
}

void check_tensors(ByteView file, const GgufContents& contents) {
  std::set<std::string> names;
  const std::byte* end = file.data();
  for (const GgufTensor& tensor : contents.tensors) {
    require(names.insert(tensor.name).second);
    require(lies_in(file, tensor.bytes) && tensor.bytes.data() >= end);
    end = tensor.bytes.data() + tensor.bytes.size();
    if (!is_quantized(tensor.type)) continue;
    std::int64_t elements = 1;
    for (const std::int64_t side : tensor.shape) elements *= side;
    std::vector<float> values(static_cast<std::size_t>(elements));
    dequantize(tensor.type, tensor.bytes, std::as_writable_bytes(std::span(values)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(reinterpret_cast<const std::byte*>(data), size);
  try {
    const GgufContents contents = sightline::parse_gguf(file, "fuzz");
    check_values(file, contents);
    check_tensors(file, contents);
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
  return 0;
}
