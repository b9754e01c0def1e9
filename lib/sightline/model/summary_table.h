// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/tensor/shape.h"

namespace sightline {

/// "151,277,313"
std::string grouped(std::int64_t number);

/// "(None, 512)": a size of -1, which a call decides, is shown as None.
std::string summary_shape(const Shape& shape);

/// The text of a table in the format of Keras's `Model.summary`. Lines end with a newline.
class SummaryTable {
 public:
  /// Begins with the headings.
  SummaryTable();
  void add_row(std::string_view name, std::string_view shape, std::string_view count);
  /// A line across the table.
  void add_rule();
  /// "Total params: 1,234 (4.82 KB)"
  void add_total(std::string_view title, std::int64_t count, std::int64_t bytes);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace sightline
