// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstring>

namespace sightline {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

Digest128 digest_of(XXH128_hash_t hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  Digest128 bytes;
  static_assert(sizeof bytes == sizeof canonical.digest);
  std::memcpy(bytes.data(), canonical.digest, bytes.size());
  return bytes;
}

}  // namespace

struct Hash128::State {
  XXH3_state_t xxh3;  // 64-byte alignment, which `new` respects
};

Hash128::Hash128() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh3); }
Hash128::~Hash128() = default;
Hash128::Hash128(Hash128&&) noexcept = default;
Hash128& Hash128::operator=(Hash128&&) noexcept = default;

void Hash128::update(ByteView bytes) { XXH3_128bits_update(&state_->xxh3, bytes.data(), bytes.size()); }

void Hash128::update_sized(ByteView bytes) {
  const std::uint64_t size = bytes.size();
  update(std::as_bytes(std::span(&size, 1)));
  update(bytes);
}

Digest128 Hash128::digest() const { return digest_of(XXH3_128bits_digest(&state_->xxh3)); }

std::string Hash128::hex() const { return hex_of(digest()); }

Digest128 hash128(ByteView bytes) { return digest_of(XXH3_128bits(bytes.data(), bytes.size())); }

std::string hex_of(const Digest128& digest) {
  std::string text;
  for (const std::byte byte : digest) {
    text += kDigits[static_cast<unsigned>(byte) >> 4];
    text += kDigits[static_cast<unsigned>(byte) & 0xFU];
  }
  return text;
}

bool is_hash128(std::string_view text) {
  return text.size() == 2 * sizeof(XXH128_canonical_t) &&
         text.find_first_not_of(kDigits) == std::string_view::npos;
}

std::optional<Digest128> parse_hash128(std::string_view text) {
  if (!is_hash128(text)) return std::nullopt;
  Digest128 digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::byte>(kDigits.find(text[2 * i]) << 4 | kDigits.find(text[2 * i + 1]));
  return digest;
}

std::uint64_t hash64(ByteView bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace sightline
