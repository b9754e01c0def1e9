// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sightline/model/model.h"

namespace sightline {

/// What a conversion writes.
struct Conversion {
  const Model& model;
  std::optional<DType> dtype;  ///< of floating-point tensors; none: as stored
  std::string tokenizer;       ///< the folder its files come from; "" for none
};

/// A format in which models are written. It appears whole, at `commit`, or not at all. A new one is a class
/// and a row of the table in conversion_targets.cpp.
class ConversionTarget {
 public:
  virtual ~ConversionTarget() = default;
  /// Reads everything that the source says besides its weights. Errors: those of the source's files.
  virtual void read_source(const Conversion& conversion) = 0;
  /// Writes what `read_source` read, and the weights. Errors: io and no_space of the target; all others are
  /// the source's (a tensor that cannot be computed or does not fit).
  virtual void write(const Conversion& conversion) = 0;
  /// What was written, opened as a model, before it is published.
  virtual std::unique_ptr<Model> reopen(const Conversion& conversion) const = 0;
  /// Publishes the target, in place of what is there. Errors: io, no_space, locked.
  virtual void commit() = 0;
  /// "7 files, 605157884 bytes"
  virtual std::string summary() const = 0;
};

/// A format that models can be written in.
struct ConversionFormat {
  std::string_view name;       ///< "hf"
  std::string_view extension;  ///< of its files; "" for a folder
  std::unique_ptr<ConversionTarget> (*open)(const std::string& path, bool force);
};
/// All of them. The one without an extension takes every name that no other claims.
std::span<const ConversionFormat> conversion_formats();
/// The format whose extension `path` has.
const ConversionFormat& conversion_format_of(std::string_view path);

/// A target of `format` at `path`, opened at once, so that a bad path fails before the model is read.
/// Errors: locked (exists and not `force`, or in use by another process); io; unsafe.
inline std::unique_ptr<ConversionTarget> open_target(const ConversionFormat& format, const std::string& path,
                                                     bool force) {
  return format.open(path, force);
}

}  // namespace sightline
