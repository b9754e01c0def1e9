// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sightline/model/model.h"

namespace sightline {

/// The input of a conversion.
struct Conversion {
  const Model& model;
  std::optional<DType> dtype;  ///< dtype of floating-point tensors in the output; no value: as stored, or
                               ///< chosen by a format with fewer types
  std::optional<ModelFiles> tokenizer;  ///< the tokenizer's files, if there is one
  std::string name;                     ///< name of the source, for formats that record it
};

/// The output of a conversion. It becomes visible at `commit`, complete, or not at all. To add a format,
/// write a class and add it to the table in conversion_targets.cpp.
class ConversionTarget {
 public:
  virtual ~ConversionTarget() = default;
  /// Reads all files of the source except its weights. Errors: those of the source's files.
  virtual void read_source(const Conversion& conversion) = 0;
  /// Writes the data of `read_source` and the weights. Errors: io and no_space for the target; all others
  /// concern the source (a tensor that cannot be computed or is out of range).
  virtual void write(const Conversion& conversion) = 0;
  /// Opens the written model before it is committed.
  virtual std::unique_ptr<Model> reopen(const Conversion& conversion) const = 0;
  /// Publishes the target and replaces an existing one. Errors: io, no_space, locked.
  virtual void commit() = 0;
  /// "7 files, 605157884 bytes"
  virtual std::string summary() const = 0;
};

/// A format in which models can be written.
struct ConversionFormat {
  std::string_view name;       ///< "hf"
  std::string_view extension;  ///< extension of its files; "" for a folder
  std::unique_ptr<ConversionTarget> (*open)(const std::string& path, bool force);
};
/// Name of the format of packed models, which not every dtype can have.
inline constexpr std::string_view kPackedFormat = "packed";
/// All formats. Several may have the same extension; its name selects the first of them. The first format, a
/// folder, is used for every name without the extension of another.
std::span<const ConversionFormat> conversion_formats();
/// The format selected by the extension of `path`.
const ConversionFormat& conversion_format_of(std::string_view path);

/// Creates a target of `format` at `path` immediately, so that a bad path fails before the model is read.
/// Errors: locked (exists and not `force`, or in use by another process); io; unsafe.
inline std::unique_ptr<ConversionTarget> open_target(const ConversionFormat& format, const std::string& path,
                                                     bool force) {
  return format.open(path, force);
}

}  // namespace sightline
