// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/containers/hdf5.h"
#include "sightline/containers/hdf5_objects.h"

namespace sightline {

/// Bytes of structures as the writer writes them.

/// A little-endian number of 1 to 8 bytes.
std::string hdf5_number(std::uint64_t value, std::size_t bytes);
/// A message of an object header of version 1, padded to a multiple of 8 bytes.
std::string hdf5_message(Hdf5MessageKind kind, std::string_view data);
/// Body of a dataspace message: a scalar for no axes.
std::string hdf5_dataspace(const std::vector<std::int64_t>& shape);
/// Body of a datatype message; `element_bytes` matters for opaque elements only.
std::string hdf5_datatype(Hdf5Type type, std::int64_t element_bytes);
/// A local heap that will stand at `address`, the names behind its head.
std::string hdf5_heap(std::string_view names, std::uint64_t address);

/// The last bytes of a string attribute: address and number of its string in the global heap.
constexpr std::size_t kHdf5StringReference = 12;
/// A whole message for an attribute that is a string of `length` bytes, its reference still zero.
std::string hdf5_string_attribute(std::string_view name, std::size_t length);

}  // namespace sightline
