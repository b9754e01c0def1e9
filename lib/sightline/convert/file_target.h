// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/convert/conversion_target.h"
#include "sightline/files/file.h"

namespace sightline {

/// What all conversions to a single file share.
class FileTarget : public ConversionTarget {
 public:
  void commit() override { out_.commit(); }
  std::string summary() const override { return "1 file, " + std::to_string(out_.size()) + " bytes"; }

 protected:
  /// Errors: as OutputFile.
  FileTarget(const std::string& path, bool force) : out_(path, force) {}

  OutputFile out_;
};

}  // namespace sightline
