// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/containers/hdf5.h"
#include "sightline/containers/hdf5_objects.h"

namespace sightline {

/// Serialised structures for the writer.

/// A little-endian number of 1 to 8 bytes.
std::string hdf5_number(std::uint64_t value, std::size_t bytes);
/// An object header message of version 1, padded to a multiple of 8 bytes.
std::string hdf5_message(Hdf5MessageKind kind, std::string_view data);
/// Body of a dataspace message; no axes means a scalar.
std::string hdf5_dataspace(const std::vector<std::int64_t>& shape);
/// Body of a datatype message; `element_bytes` is used for opaque elements only.
std::string hdf5_datatype(Hdf5Type type, std::int64_t element_bytes);
/// A local heap that will be placed at `address`, with the names after its header.
std::string hdf5_heap(std::string_view names, std::uint64_t address);

/// The last bytes of a string attribute: address and index of its string in the global heap.
constexpr std::size_t kHdf5StringReference = 12;
/// A complete attribute message for a string of `length` bytes; its heap reference is still zero.
std::string hdf5_string_attribute(std::string_view name, std::size_t length);

}  // namespace sightline
