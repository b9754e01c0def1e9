// SPDX-License-Identifier: Apache-2.0
// safetensors: what is accepted covers its file exactly, and writing it gives back the same tensors.

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>

#include "sightline/base/error.h"
#include "sightline/weights/safetensors.h"

namespace {

using sightline::ByteView;
using sightline::SafetensorsTensor;
using Tensors = std::vector<SafetensorsTensor>;

void require(bool holds) {
  if (!holds) std::abort();
}

// The tensors lie one behind the other, from the end of the header to the end of the file.
void check_coverage(ByteView file, const Tensors& tensors) {
  std::uint64_t header = 0;
  std::memcpy(&header, file.data(), 8);
  const std::byte* at = file.data() + 8 + header;
  for (const SafetensorsTensor& tensor : tensors) {
    require(tensor.tensor.bytes().data() == at);
    at += tensor.tensor.bytes().size();
    const std::int64_t size = size_of(tensor.tensor.dtype);
    const auto bytes = static_cast<std::int64_t>(tensor.tensor.bytes().size());
    require(size == 0 || tensor.tensor.shape.elements() * size == bytes);
  }
  require(at == file.data() + file.size());
}

bool same(const SafetensorsTensor& a, const SafetensorsTensor& b) {
  const std::size_t size = a.tensor.bytes().size();
  return a.tensor.dtype == b.tensor.dtype && a.tensor.shape == b.tensor.shape &&
         b.tensor.bytes().size() == size &&
         (size == 0 || std::memcmp(a.tensor.bytes().data(), b.tensor.bytes().data(), size) == 0);
}

void check_round_trip(const Tensors& tensors) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / "sightline-safetensors-fuzz").string();
  std::vector<sightline::SafetensorsEntry> entries;
  std::map<std::string, SafetensorsTensor> expected;
  for (const SafetensorsTensor& tensor : tensors) {
    if (tensor.tensor.dtype == sightline::DType::other) continue;
    entries.push_back({tensor.name, tensor.tensor, tensor.tensor.dtype});
    expected.emplace(tensor.name, tensor);
  }
  {
    sightline::OutputFile out(path + std::to_string(::getpid()), true);
    write_safetensors(out, entries);
    out.commit();
  }
  const auto written = sightline::MappedFile::open(path + std::to_string(::getpid()));
  std::filesystem::remove(written->path());
  const Tensors back = sightline::parse_safetensors(written->bytes(), "written");
  require(back.size() == expected.size());
  for (const SafetensorsTensor& tensor : back) require(same(tensor, expected.at(tensor.name)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(reinterpret_cast<const std::byte*>(data), size);
  try {
    const Tensors tensors = sightline::parse_safetensors(file, "fuzz");
    check_coverage(file, tensors);
    check_round_trip(tensors);
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
  return 0;
}
