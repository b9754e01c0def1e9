// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/weights/dialect.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// A container format for checkpoints. To add one, write a new file and list it in weight_formats.cpp.
class WeightFormat {
 public:
  virtual ~WeightFormat() = default;
  virtual std::string_view name() const = 0;
  /// Decides from the first 64 bytes of the file, never from its name.
  virtual bool recognizes(ByteView head) const = 0;
  /// The tensors under the names of the file, memory-mapped if the format allows it. Errors: see
  /// docs/formats.md.
  virtual Weights read(const std::string& path) const = 0;
};

/// All formats in the order in which they are tried.
std::span<const WeightFormat* const> weight_formats();

/// A checkpoint under canonical names, and how it was identified.
struct Checkpoint {
  Weights weights;
  std::string file;  ///< the weight file, or the index of its shards
  std::string form;  ///< name() of the container format
  Dialect dialect = Dialect::hf;
};

/// Loads the weights of a model folder or of one weight file. In a folder, the first existing one of the
/// usual names is used (docs/formats.md), else the only weight file. Known extra buffers (`position_ids`) are
/// dropped. The layers of the model check names and shapes with `Weights::require` and `Weights::unused`.
/// `dialect` is the required naming scheme; nullopt accepts any. Errors: missing (no weights; lists the
/// supported formats); mismatch (several candidates; another naming scheme); unsupported (only an unsupported
/// format); magic; those of the formats and name maps; for shards unsafe (a shard outside the folder),
/// missing, duplicate, mismatch.
Checkpoint load_checkpoint(const std::string& path, std::optional<Dialect> dialect = {});

/// A part of a model whose weights are in several folders: `prefix` is added to the names of its tensors.
struct WeightModule {
  std::string_view prefix;
  std::string path;  ///< folder or weight file
};
/// The same for all modules of a model, at least one, whose names are mapped together. `file` and `form` are
/// those of the first. Errors: the same; duplicate.
Checkpoint load_checkpoint(std::span<const WeightModule> modules, std::optional<Dialect> dialect = {});

/// Returns only the weights.
Weights load_weights(const std::string& path);

}  // namespace sightline
