// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weight_format.h"

namespace sightline {

/// The HDF5 file that Keras 3 writes, `.weights.h5`: groups named by the path of the layer's attribute, with
/// arrays `<path>/vars/0`, `/1`, ... The raw tensor names are the dataset paths. The attribute `name` of a
/// `vars` group, which newer versions of Keras write, becomes metadata under the path of the group.
class KerasH5 : public WeightFormat {
 public:
  std::string_view name() const override { return "keras-h5"; }
  bool recognizes(ByteView head) const override;
  /// Errors: those of `parse_hdf5`; type for opaque elements that are not marked as bfloat16.
  Weights read(const std::string& path) const override;
};

/// Keras 3's `.keras` archive: a zip file with config.json and model.weights.h5. The text of config.json
/// becomes metadata under its name; the classes that it names are never instantiated.
class KerasArchive : public WeightFormat {
 public:
  std::string_view name() const override { return "keras"; }
  bool recognizes(ByteView head) const override;
  /// Errors: those of `ZipArchive`, `JsonDocument` and `KerasH5`; missing for an archive without weights;
  /// unsupported for a layer that contains code (Lambda); limit for weights with a compression ratio of 200
  /// or more.
  Weights read(const std::string& path) const override;
};

/// The tensors of all shards listed in KerasHub's `model.weights.json`, whose `weight_map` gives the files of
/// each group of arrays. Errors: unsafe for a shard that is not a plain file name in the folder of the index;
/// missing for a shard that does not exist or has no array of a group placed there; mismatch for an array
/// that the index places elsewhere; duplicate; limit; those of `KerasH5` and JSON.
Weights read_keras_shards(const std::string& index_path);

}  // namespace sightline
