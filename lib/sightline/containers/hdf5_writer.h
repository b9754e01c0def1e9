// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sightline/containers/hdf5.h"
#include "sightline/files/file.h"

namespace sightline {

/// A dataset to be written.
struct Hdf5NewDataset {
  std::string path;  ///< "layers/dense/vars/0"; the groups on the way are made
  Hdf5Type type = Hdf5Type::f32;
  std::int64_t element_bytes = 4;
  std::vector<std::int64_t> shape;
  Hdf5Attributes attributes;
  std::function<void(OutputFile&)> write;  ///< writes the elements, row-major, when their turn comes
};

/// Writes an HDF5 file as h5py does by default (superblock 0, B-trees, contiguous data, attributes as
/// strings of any length), one dataset after the other, so that memory holds the headers and what a
/// dataset's `write` needs; the caller commits the file. Deterministic: groups and datasets in bytewise order
/// of their names, no times. `groups` gives attributes to groups, by path; they are made where they do not
/// exist. `out` must be empty. Errors: those of OutputFile and `write`; duplicate; header for a path that
/// cannot be; mismatch when `write` writes another number of bytes; limit.
void write_hdf5(OutputFile& out, const std::vector<Hdf5NewDataset>& datasets,
                const std::vector<Hdf5Group>& groups);

}  // namespace sightline
