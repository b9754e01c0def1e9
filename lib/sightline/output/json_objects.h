// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/files/file.h"

namespace sightline {

/// The frame of JSON objects: one per line, or all in one array, also one per line.
class JsonObjects {
 public:
  JsonObjects(OutputFile& out, bool lines) : out_(out), lines_(lines) {}

  void begin();
  /// Begins the next object. Its members are appended to the string.
  std::string& open();
  /// Ends and writes the object. Errors: those of OutputFile.
  void close();
  void finish();

 private:
  OutputFile& out_;
  bool lines_;
  bool first_ = true;
  std::string text_;
};

}  // namespace sightline
