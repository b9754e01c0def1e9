// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/convert/conversion_target.h"
#include "sightline/files/file.h"

namespace sightline {

/// A PyTorch file with OpenAI's names, `M.pt`, as `clip.load` of openai/CLIP reads it. It contains tensors
/// alone: sizes follow from their shapes, and everything else is as in OpenAI's models.
class OpenAITarget : public ConversionTarget {
 public:
  /// Errors: as OutputFile.
  OpenAITarget(const std::string& path, bool force) : out_(path, force) {}

  /// Errors: unsupported, with the setting, for a model that differs in something that the file cannot
  /// express.
  void read_source(const Conversion& conversion) override;
  void write(const Conversion& conversion) override;
  std::unique_ptr<Model> reopen(const Conversion& conversion) const override;
  void commit() override { out_.commit(); }
  std::string summary() const override { return "1 file, " + std::to_string(out_.size()) + " bytes"; }

 private:
  OutputFile out_;
};

}  // namespace sightline
