#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "conversion_target.h"

namespace sightline::app {

/// A Hugging Face model folder, written as "<path>.part" and renamed by `commit`. Not committed: removed.
class TargetFolder : public ConversionTarget {
 public:
  /// Errors: Failure of Stage::output: locked (exists and not `force`), io, unsafe (what would be replaced is
  /// no model folder).
  TargetFolder(const std::string& path, bool force);
  ~TargetFolder() override;
  TargetFolder(const TargetFolder&) = delete;
  TargetFolder& operator=(const TargetFolder&) = delete;

  void write(const Conversion& conversion) override;
  std::unique_ptr<CLIP> reopen(const Conversion& conversion) const override;
  void commit() override;
  std::string summary() const override;

 private:
  void write_weights(const Conversion& conversion);
  void write_config(const Conversion& conversion);
  void write_preprocessor(const Conversion& conversion);
  void write_tokenizer(const Conversion& conversion);
  void write_file(std::string_view name, std::string_view bytes);

  std::string path_, part_;
  std::int64_t files_ = 0, bytes_ = 0;
  bool committed_ = false;
};

}  // namespace sightline::app
