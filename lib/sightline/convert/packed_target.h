// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sightline/convert/conversion_target.h"
#include "sightline/files/file.h"
#include "sightline/weights/packed_plan.h"

namespace sightline {

/// A packed model, `M.sightline`. Without a dtype, its precision is float16 if that represents all weights
/// exactly, else float32.
class PackedTarget : public ConversionTarget {
 public:
  /// Errors: as OutputFile; io for an output that is not seekable.
  PackedTarget(const std::string& path, bool force);

  /// Errors: also unsupported, for a precision that cannot be written yet.
  void read_source(const Conversion& conversion) override;
  void write(const Conversion& conversion) override;
  /// Also compares all checksums.
  std::unique_ptr<Model> reopen(const Conversion& conversion) const override;
  void commit() override { out_.commit(); }
  std::string summary() const override;

 private:
  OutputFile out_;
  const PackedPrecision* precision_ = nullptr;
  std::vector<std::pair<std::string, std::string>> texts_;
};

}  // namespace sightline
