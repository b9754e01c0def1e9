// SPDX-License-Identifier: Apache-2.0
// Packed models: what is accepted has every part in its place and can be read completely. The checksums are
// made to match, because otherwise no changed file would get past them. In an input, `<zeros:N>` is N bytes
// of padding, so that inputs are small.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "../support/packed_bytes.h"
#include "sightline/base/error.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/packed_model.h"

namespace {

using namespace sightline;

constexpr std::int64_t kMaxElements = 1 << 20;  // more only takes time

void require(bool holds) {
  if (!holds) std::abort();
}

// The input with the first run of zeros written out.
std::string expanded(std::string input) {
  constexpr std::string_view kMark = "<zeros:";
  constexpr std::size_t kMaxZeros = 4 << 20;
  const std::size_t begin = input.find(kMark), end = input.find('>', begin);
  if (begin == std::string::npos || end == std::string::npos) return input;
  const std::size_t count = std::strtoul(input.c_str() + begin + kMark.size(), nullptr, 10);
  return input.replace(begin, end + 1 - begin, std::string(std::min(count, kMaxZeros), '\0'));
}

std::shared_ptr<const PackedFile> parse(const std::string& file) {
  return PackedFile::parse(as_bytes(file), "fuzz", [](std::string_view name, std::string_view config) {
    std::vector<PackedTensor> tensors = packed_tensors(
        name == kPackedOpenCLIPConfig ? openclip_config(config, name) : ModelConfig::from_json(config, name));
    std::int64_t elements = 0;
    for (const PackedTensor& tensor : tensors)
      elements = checked_add(elements, tensor.shape.elements(), tensor.name);
    if (elements > kMaxElements) fail(ErrorCode::limit, "fuzz", "is large");
    return tensors;
  });
}

void check(const PackedFile& packed, const std::string& file) {
  const char* end = file.data() + file.size();
  const Weights weights = packed.weights();
  require(!weights.names().empty());
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    if (const StoredPanels* panels = tensor.panels()) {
      const ByteView bytes = panels->bytes;
      require(as_text(bytes).data() >= file.data() && as_text(bytes).data() + bytes.size() <= end);
    }
    require(std::ssize(TransientBytes(tensor).view()) == tensor.shape.elements() * size_of(tensor.dtype));
    (void)is_finite(tensor);
  }
  for (const PackedDocumentKind& kind : packed_documents()) {
    if (packed.contains(kind.name)) (void)packed.document(kind.name);
  }
  (void)packed.probe_embeddings();
  packed.check();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file = expanded(std::string(reinterpret_cast<const char*>(data), size));
  for (const std::string& variant : {file, testing::with_checksums(file)}) {
    try {
      check(*parse(variant), variant);
    } catch (const Error&) {
      // refused: as good as accepted
    }
  }
  return 0;
}
