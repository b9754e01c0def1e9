// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sightline/files/file.h"

namespace sightline {

/// The lines of a CSV or TSV output, field by field.
class SeparatedLines {
 public:
  SeparatedLines(OutputFile& out, bool tabs) : out_(out), tabs_(tabs) {}

  void add(std::string_view text);
  /// Not-a-number and infinities are empty fields.
  void add(float value);
  void add_empty();
  /// Ends a line that has at least one field.
  void end_line();
  /// Writes the lines since the last call. Errors: those of OutputFile.
  void write();

 private:
  void add_separator() { text_ += tabs_ ? '\t' : ','; }

  OutputFile& out_;
  bool tabs_;
  std::string text_;
};

}  // namespace sightline
