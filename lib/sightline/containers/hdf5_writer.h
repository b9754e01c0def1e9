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
  std::string path;  ///< "layers/dense/vars/0"; parent groups are created
  Hdf5Type type = Hdf5Type::f32;
  std::int64_t element_bytes = 4;
  std::vector<std::int64_t> shape;
  Hdf5Attributes attributes;
  std::function<void(OutputFile&)> write;  ///< called once to write the elements in row-major order
};

/// Writes an HDF5 file with h5py's defaults (superblock 0, B-trees, contiguous data, variable-length string
/// attributes), one dataset after the other, so that memory holds only the headers and what a dataset's
/// `write` needs. The caller commits the file. The output is deterministic: groups and datasets are in
/// bytewise order of their names, and no times are stored. `groups` gives attributes to groups by path and
/// creates groups that do not exist. `out` must be empty.
/// Errors: those of OutputFile and `write`; duplicate; header for an invalid path; mismatch if `write` writes
/// another number of bytes; limit.
void write_hdf5(OutputFile& out, const std::vector<Hdf5NewDataset>& datasets,
                const std::vector<Hdf5Group>& groups);

}  // namespace sightline
