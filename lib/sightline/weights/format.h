#pragma once

#include <string>
#include <string_view>
#include <vector>

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
const std::vector<const WeightFormat*>& weight_formats();

/// The weights of a Hugging Face model folder under canonical names: `model.safetensors`, or the shards that
/// `model.safetensors.index.json` lists. Known extra buffers (`position_ids`) are dropped.
/// Errors: missing (neither is there; names the forms this program reads), and those of the formats.
Weights load_weights(const std::string& folder);

}  // namespace sightline
