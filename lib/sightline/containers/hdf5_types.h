// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sightline/containers/hdf5.h"
#include "sightline/containers/hdf5_objects.h"

namespace sightline {

/// Element type and bytes per element of a dataset.
struct Hdf5Element {
  Hdf5Type type = Hdf5Type::opaque;
  std::int64_t bytes = 0;
};

/// The dimensions from a dataspace message; empty for a scalar. Errors: limit above 8 dimensions; type for a
/// null dataspace; range for a size above 63 bits; unsupported, header.
std::vector<std::int64_t> read_hdf5_shape(ByteView message, std::string_view subject);

/// The element type from a datatype message. Errors: type for anything but little-endian integers, IEEE
/// floats, bfloat16 and opaque bytes; header.
Hdf5Element read_hdf5_type(ByteView message, std::string_view subject);

/// The string attributes of an object, by name: of fixed length, or of variable length in a global heap.
/// Errors: unsupported for an attribute that is not one string, or that is stored in a fractal heap;
/// duplicate; utf8; limit above 64 KiB; range, header, corrupt.
Hdf5Attributes read_hdf5_attributes(Hdf5Bytes& file, const std::vector<Hdf5Message>& messages,
                                    std::string_view subject);

}  // namespace sightline
