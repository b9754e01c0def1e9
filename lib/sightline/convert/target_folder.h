// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sightline/convert/conversion_target.h"
#include "sightline/convert/staging_folder.h"
#include "sightline/weights/names.h"

namespace sightline {

/// What a model folder consists of.
struct FolderLayout {
  std::string_view weights;  ///< name of the weight file, safetensors
  /// The other files, as name and text. Errors: those of the source's files; unsupported for a model that the
  /// layout cannot express.
  std::vector<std::pair<std::string, std::string>> (*texts)(const Conversion& conversion,
                                                            std::optional<DType> dtype);
  /// The tensors under the names of the layout.
  Weights (*names)(const Weights& canonical, const ModelConfig& config);
};
/// A Hugging Face model folder: config.json, model.safetensors, ...
extern const FolderLayout kHuggingFaceFolder;
/// An OpenCLIP model folder, `local-dir:` for OpenCLIP: open_clip_config.json, open_clip_model.safetensors,
/// and the files of the tokenizer.
extern const FolderLayout kOpenCLIPFolder;

/// A model folder.
class TargetFolder : public ConversionTarget {
 public:
  /// Errors: as StagingFolder.
  TargetFolder(const std::string& path, bool force, const FolderLayout& layout = kHuggingFaceFolder);

  void read_source(const Conversion& conversion) override;
  void write(const Conversion& conversion) override;
  std::unique_ptr<Model> reopen(const Conversion& conversion) const override;
  void commit() override { folder_.commit(); }
  std::string summary() const override;

 private:
  void write_weights(const Conversion& conversion);

  const FolderLayout& layout_;
  StagingFolder folder_;
  std::vector<std::pair<std::string, std::string>>
      texts_;  ///< name and content of each file except the weights
  std::int64_t files_ = 0, bytes_ = 0;
};

}  // namespace sightline
