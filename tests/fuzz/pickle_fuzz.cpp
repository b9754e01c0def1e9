// SPDX-License-Identifier: Apache-2.0
// The pickle of a PyTorch archive with two storages: every tensor that is accepted lies inside one of them.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "../support/zip_bytes.h"
#include "sightline/base/error.h"
#include "sightline/weights/pytorch.h"

namespace {

using sightline::ByteView;
using sightline::testing::ZipMember;

constexpr std::size_t kFirst = 64, kSecond = 24;

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(ByteView bytes, const char* begin, std::size_t size) {
  const auto* at = reinterpret_cast<const char*>(bytes.data());
  return at >= begin && bytes.size() <= size &&
         at - begin <= static_cast<std::ptrdiff_t>(size - bytes.size());
}

// An archive that counts as TorchScript, so that its classes are tried too.
std::string archive_of(std::string_view pickle) {
  return sightline::testing::zip_bytes(
      {ZipMember("a/data/0", std::string(kFirst, '\1')), ZipMember("a/data/1", std::string(kSecond, '\2')),
       ZipMember("a/constants.pkl", ""), ZipMember("a/data.pkl", std::string(pickle))});
}

void check(const std::string& file, const sightline::Weights& weights) {
  const char* first = file.data() + file.find("a/data/0") + 8;
  const char* second = file.data() + file.find("a/data/1") + 8;
  for (const std::string& name : weights.names()) {
    const sightline::StoredTensor& tensor = *weights.find(name);
    if (tensor.dtype == sightline::DType::other) continue;
    require(tensor.byte_size() == tensor.shape.elements() * size_of(tensor.dtype));
    require(tensor.byte_size() <= static_cast<std::int64_t>(kFirst));
    const ByteView bytes = tensor.bytes();
    require(tensor.is_deferred() || lies_in(bytes, first, kFirst) || lies_in(bytes, second, kSecond));
    // what is copied out of a storage is copied from there
    const auto is_storage = [](std::byte byte) { return byte == std::byte{1} || byte == std::byte{2}; };
    require(std::all_of(bytes.begin(), bytes.end(), is_storage));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file = archive_of({reinterpret_cast<const char*>(data), size});
  try {
    check(file, sightline::parse_pytorch(sightline::as_bytes(file), "fuzz"));
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
  return 0;
}
