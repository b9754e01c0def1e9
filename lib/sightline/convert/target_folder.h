// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sightline/convert/conversion_target.h"
#include "sightline/convert/staging_folder.h"

namespace sightline {

/// A Hugging Face model folder.
class TargetFolder : public ConversionTarget {
 public:
  /// Errors: as StagingFolder.
  TargetFolder(const std::string& path, bool force);

  void read_source(const Conversion& conversion) override;
  void write(const Conversion& conversion) override;
  std::unique_ptr<Model> reopen(const Conversion& conversion) const override;
  void commit() override { folder_.commit(); }
  std::string summary() const override;

 private:
  void write_weights(const Conversion& conversion);

  StagingFolder folder_;
  std::vector<std::pair<std::string, std::string>>
      texts_;  ///< name and content of each file except the weights
  std::int64_t files_ = 0, bytes_ = 0;
};

}  // namespace sightline
