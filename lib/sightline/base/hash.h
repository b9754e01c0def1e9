// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// The 16 bytes of a hash.
using Digest128 = std::array<std::byte, 16>;

/// A streaming XXH3 128-bit hash: fast, and the same on every machine. It detects accidental differences; it
/// is not a cryptographic hash.
class Hash128 {
 public:
  Hash128();
  ~Hash128();
  Hash128(Hash128&&) noexcept;
  Hash128& operator=(Hash128&&) noexcept;

  void update(ByteView bytes);
  /// Hashes the number of bytes first, so that "ab", "c" and "a", "bc" give different hashes.
  void update_sized(ByteView bytes);
  /// The hash of all bytes so far, in the byte order of `hex`.
  Digest128 digest() const;
  /// The same as text: 32 lower-case hexadecimal digits, as `xxhsum -H128` prints them.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same hash of bytes that are all there.
Digest128 hash128(ByteView bytes);
/// A digest in the format of `Hash128::hex`.
std::string hex_of(const Digest128& digest);
/// Whether `text` has the format of `Hash128::hex`.
bool is_hash128(std::string_view text);
/// The digest with this text; nothing if the text has another format.
std::optional<Digest128> parse_hash128(std::string_view text);

/// XXH3 64-bit hash, for the checksums of small records. A seed that depends on what precedes a record
/// makes the checksum wrong anywhere else.
std::uint64_t hash64(ByteView bytes, std::uint64_t seed = 0);

}  // namespace sightline
