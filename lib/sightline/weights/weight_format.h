#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// One container in which checkpoints come. A new one is a new file and a line in formats.cpp.
class WeightFormat {
 public:
  virtual ~WeightFormat() = default;
  virtual std::string_view name() const = 0;
  /// From the first bytes of the file, never from its name.
  virtual bool recognizes(ByteView head) const = 0;
  /// The tensors under the file's own names, mapped where the format allows. Errors: see docs/formats.md.
  virtual Weights read(const std::string& path) const = 0;
};

/// All formats, in the order in which they are tried.
std::span<const WeightFormat* const> weight_formats();

/// The weights of a model folder under canonical names: `model.safetensors`, or the shards that
/// `model.safetensors.index.json` lists; or those of one weight file. Known extra buffers (`position_ids`)
/// are dropped. The model's own layers check names and shapes: `Weights::require`, `Weights::unused`. Errors:
/// missing (nothing is there; names the forms this program reads), unsupported (only a form that it does not
/// read), those of the formats; for shards unsafe (a shard outside the folder), missing, duplicate, mismatch.
Weights load_weights(const std::string& path);

}  // namespace sightline
