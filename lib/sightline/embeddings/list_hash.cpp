// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/list_hash.h"

#include <span>

namespace sightline {
namespace {

// Every input starts with one of these, so that a label alone never equals a file.
constexpr std::uint64_t kLabel = 0, kFile = 1;

}  // namespace

void ListHash::add_number(std::uint64_t number) { hash_.update(std::as_bytes(std::span(&number, 1))); }

void ListHash::add(std::string_view label) {
  add_number(kLabel);
  hash_.update_sized(as_bytes(label));
}

void ListHash::add(std::string_view path, std::int64_t size, std::int64_t mtime_ns) {
  add_number(kFile);
  hash_.update_sized(as_bytes(path));
  add_number(static_cast<std::uint64_t>(size));
  add_number(static_cast<std::uint64_t>(mtime_ns));
}

}  // namespace sightline
