#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/weights/weights.h"

namespace sightline::app {

/// A model folder that appears whole or not at all: written as "<path>.part" and renamed by `commit`. Not
/// committed: removed.
class TargetFolder {
 public:
  /// Errors: Failure of Stage::output: locked (exists and not `force`), io, unsafe (what would be replaced is
  /// no model folder).
  TargetFolder(const std::string& path, bool force);
  ~TargetFolder();
  TargetFolder(const TargetFolder&) = delete;
  TargetFolder& operator=(const TargetFolder&) = delete;

  /// model.safetensors. `dtype` empty: as stored. Errors: range for a number that float16 cannot hold.
  void write_weights(const Weights& weights, std::optional<DType> dtype);
  /// config.json, which names the dtype.
  void write_config(const std::string& source, std::optional<DType> dtype);
  /// preprocessor_config.json of `source`, and the tokenizer's files of `tokenizer` ("" for none); those that
  /// are there.
  void copy_others(const std::string& source, const std::string& tokenizer);
  /// Replaces what stands there. Errors: io.
  void commit();

  /// Where it is written until `commit`.
  const std::string& part() const { return part_; }
  /// "7 files, 605157884 bytes"
  std::string summary() const;

 private:
  void write_file(std::string_view name, std::string_view bytes);

  std::string path_, part_;
  std::int64_t files_ = 0, bytes_ = 0;
  bool committed_ = false;
};

}  // namespace sightline::app
