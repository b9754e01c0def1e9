// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/convert/file_target.h"

namespace sightline {

/// A PyTorch file with OpenAI's names, `M.pt`, as `clip.load` of openai/CLIP reads it. It contains tensors
/// alone: sizes follow from their shapes, and everything else is as in OpenAI's models.
class OpenAITarget : public FileTarget {
 public:
  /// Errors: as OutputFile.
  OpenAITarget(const std::string& path, bool force) : FileTarget(path, force) {}

  /// Errors: unsupported, with the setting, for a model that differs in something that the file cannot
  /// express.
  void read_source(const Conversion& conversion) override;
  void write(const Conversion& conversion) override;
  std::unique_ptr<Model> reopen(const Conversion& conversion) const override;
};

}  // namespace sightline
