// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// Element type of a dataset. All numbers are little-endian; `opaque` elements are bytes whose meaning the
/// file does not state.
enum class Hdf5Type { f64, f32, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, opaque };

/// "float32", "uint8", "opaque".
std::string_view hdf5_type_name(Hdf5Type type);

/// The attributes of an object that hold one string, by name.
using Hdf5Attributes = std::map<std::string, std::string, std::less<>>;

/// A dataset, as a view into the bytes of the file.
struct Hdf5Dataset {
  std::string path;  ///< full path: "layers/dense/vars/0"
  Hdf5Type type = Hdf5Type::opaque;
  std::int64_t element_bytes = 0;
  std::vector<std::int64_t> shape;  ///< outermost dimension first; empty for a scalar
  ByteView bytes;                   ///< row-major; as many bytes as shape and element_bytes require
  Hdf5Attributes attributes;
};

struct Hdf5Group {
  std::string path;  ///< empty for the root group
  Hdf5Attributes attributes;
};

/// The contents of a file in traversal order; groups list their members by name.
struct Hdf5Contents {
  std::vector<Hdf5Group> groups;
  std::vector<Hdf5Dataset> datasets;
};

/// Whether the bytes start with the HDF5 signature.
bool has_hdf5_signature(ByteView head);

/// Parses the groups and datasets of an HDF5 file in memory; `subject` is its name for messages. Supports
/// what h5py writes by default: superblock 0, 2 or 3, groups stored as B-trees or link messages, hard links,
/// contiguous or compact datasets of numbers, and attributes of one string each. Nothing outside the file is
/// ever followed.
/// Errors: magic; truncated; unsafe (soft and external links, external storage, virtual datasets);
/// unsupported (chunks, filters and every other part of HDF5, by name); type (elements that are not
/// little-endian numbers); missing (a dataset that was never written); range (addresses and sizes outside the
/// file); limit; header; corrupt; duplicate; utf8.
/// Source: HDF5 File Format Specification Version 3.0.
Hdf5Contents parse_hdf5(ByteView file, std::string_view subject);

}  // namespace sightline
