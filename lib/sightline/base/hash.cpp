// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>

namespace sightline {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

struct Hash128::State {
  XXH3_state_t xxh3;  // 64-byte alignment, which `new` respects
};

Hash128::Hash128() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh3); }
Hash128::~Hash128() = default;

void Hash128::update(ByteView bytes) { XXH3_128bits_update(&state_->xxh3, bytes.data(), bytes.size()); }

void Hash128::update_sized(ByteView bytes) {
  const std::uint64_t size = bytes.size();
  update(std::as_bytes(std::span(&size, 1)));
  update(bytes);
}

std::string Hash128::hex() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(&state_->xxh3));
  std::string text;
  for (const unsigned char byte : canonical.digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

bool is_hash128(std::string_view text) {
  return text.size() == 2 * sizeof(XXH128_canonical_t) &&
         text.find_first_not_of(kDigits) == std::string_view::npos;
}

}  // namespace sightline
