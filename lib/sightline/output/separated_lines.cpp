// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/separated_lines.h"

#include "sightline/base/escape.h"

namespace sightline {

void SeparatedLines::add(std::string_view text) {
  tabs_ ? append_tsv_field(text_, text) : append_csv_field(text_, text);
  add_separator();
}

void SeparatedLines::add(float value) {
  append_field_float(text_, value);
  add_separator();
}

void SeparatedLines::add_empty() { add_separator(); }

void SeparatedLines::end_line() {
  text_.pop_back();  // the separator after the last field
  text_ += tabs_ ? kTsvLineEnd : kCsvLineEnd;
}

void SeparatedLines::write() {
  out_.write(text_);
  text_.clear();
}

}  // namespace sightline
