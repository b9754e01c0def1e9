// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sightline/containers/hdf5_objects.h"

namespace sightline {

/// A name in a group and the address of its object header.
struct Hdf5Link {
  std::string name;
  std::uint64_t address = kHdf5Undefined;
};

/// Whether an object with these messages is a group.
bool is_hdf5_group(const std::vector<Hdf5Message>& messages);

/// The links of a group in bytewise order of their names, from its B-tree or from link messages.
/// Errors: unsafe for links that are not hard; unsupported for links in a fractal heap; duplicate; utf8;
/// range for a name outside its heap; limit; header; corrupt.
std::vector<Hdf5Link> read_hdf5_links(Hdf5Bytes& file, const std::vector<Hdf5Message>& messages,
                                      std::string_view subject);

}  // namespace sightline
