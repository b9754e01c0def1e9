// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sightline/convert/file_target.h"
#include "sightline/weights/packed_writer.h"

namespace sightline {

/// A packed model, `M.sightline`. Without a dtype, its precision is float16 if that represents all weights
/// exactly, else float32. For int8, the model runs on fixed probes (`quantize_model`).
class PackedTarget : public FileTarget {
 public:
  /// `force` also accepts an int8 model that fails its self-check. Errors: as OutputFile; io for an output
  /// that is not seekable.
  PackedTarget(const std::string& path, bool force);

  /// Errors: also unsupported, for a precision that cannot be written, and to quantize a quantized model.
  void read_source(const Conversion& conversion) override;
  /// Errors: also mismatch for int8, if the self-check gives less than `kMinCheckCosine`.
  void write(const Conversion& conversion) override;
  /// Also compares all checksums.
  std::unique_ptr<Model> reopen(const Conversion& conversion) const override;
  std::string summary() const override;

 private:
  void judge(const QuantizedContent& quantized);

  bool force_;
  const PackedPrecision* precision_ = nullptr;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::string check_;  ///< the result of the self-check, for people
};

}  // namespace sightline
