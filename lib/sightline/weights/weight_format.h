// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// One container in which checkpoints come. A new one is a new file and a line in weight_formats.cpp.
class WeightFormat {
 public:
  virtual ~WeightFormat() = default;
  virtual std::string_view name() const = 0;
  /// From the first 64 bytes of the file, never from its name.
  virtual bool recognizes(ByteView head) const = 0;
  /// The tensors under the file's own names, mapped where the format allows. Errors: see docs/formats.md.
  virtual Weights read(const std::string& path) const = 0;
};

/// All formats, in the order in which they are tried.
std::span<const WeightFormat* const> weight_formats();

/// A checkpoint under canonical names, and what it was found as.
struct Checkpoint {
  Weights weights;
  std::string file;     ///< the weight file that was read, or the index of its shards
  std::string form;     ///< the container: name() of the format
  std::string dialect;  ///< whose names it had: `NameMap::name`
};

/// The weights of a model folder, or of one weight file. In a folder, the first that is there of the names
/// under which publishers keep them (docs/formats.md), else the only weight file. Known extra buffers
/// (`position_ids`) are dropped. The model's own layers check names and shapes: `Weights::require`,
/// `Weights::unused`. `dialect`: whose names the tensors must have; "" = as recognized. Errors: missing
/// (nothing is there; names the forms this program reads); mismatch (several files that could be meant;
/// another dialect); unsupported (only a form that it does not read); magic; those of the formats and name
/// maps; for shards unsafe (a shard outside the folder), missing, duplicate, mismatch.
Checkpoint load_checkpoint(const std::string& path, std::string_view dialect = "");

/// The weights alone.
Weights load_weights(const std::string& path);

}  // namespace sightline
