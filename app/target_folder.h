// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "conversion_target.h"
#include "staging_folder.h"

namespace sightline::app {

/// A Hugging Face model folder.
class TargetFolder : public ConversionTarget {
 public:
  /// Errors: as StagingFolder.
  TargetFolder(const std::string& path, bool force);

  void write(const Conversion& conversion) override;
  std::unique_ptr<CLIP> reopen(const Conversion& conversion) const override;
  void commit() override { folder_.commit(); }
  std::string summary() const override;

 private:
  void write_weights(const Conversion& conversion);
  void write_config(const Conversion& conversion);
  void write_preprocessor(const Conversion& conversion);
  void write_tokenizer(const Conversion& conversion);
  void write_file(std::string_view name, std::string_view bytes);

  StagingFolder folder_;
  std::int64_t files_ = 0, bytes_ = 0;
};

}  // namespace sightline::app
