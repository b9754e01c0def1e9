// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sightline {

/// What the records of pax headers say about a member (POSIX.1, `pax`); other records are ignored.
struct PaxAttributes {
  std::optional<std::string> path;
  std::optional<std::int64_t> size;
  std::optional<std::string> sparse_name;  ///< GNU.sparse.name: the path of a sparse member
  bool sparse = false;                     ///< any GNU.sparse record
};

/// Reads the records of one header into `attributes`; a record with an empty value removes an attribute.
/// `subject` is the archive. Errors: corrupt (a length that does not match its record, a size that is no
/// number from 0 to 2^63 - 513, a path with a NUL).
void read_pax_records(std::string_view records, PaxAttributes& attributes, std::string_view subject);

}  // namespace sightline
