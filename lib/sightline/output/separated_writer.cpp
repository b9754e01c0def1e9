// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sightline/output/separated_lines.h"
#include "sightline/output/table_formats.h"

namespace sightline {
namespace {

class SeparatedWriter : public TableWriter {
 public:
  SeparatedWriter(OutputFile& out, bool tabs, const TableOptions& options)
      : lines_(out, tabs), drop_bad_(options.drop_bad), label_key_(options.label_key) {}

  void begin(std::int64_t columns, std::optional<std::int64_t> /*rows*/) override {
    columns_ = columns;
    lines_.add(label_key_);
    for (std::int64_t i = 0; i < columns; ++i) lines_.add("e" + std::to_string(i));
    lines_.end_line();
    lines_.write();
  }

  void row(const TableRow& row) override {
    const bool failed = !row.outcome.ok();
    if (failed && drop_bad_) return;
    lines_.add(row.label);
    for (std::int64_t i = 0; failed && i < columns_; ++i) lines_.add_empty();
    for (const float value : row.values) lines_.add(value);
    lines_.end_line();
    lines_.write();
  }

  void finish() override {}

 private:
  SeparatedLines lines_;
  bool drop_bad_;
  std::int64_t columns_ = 0;
  std::string label_key_;
};

}  // namespace

std::unique_ptr<TableWriter> make_separated_writer(OutputFile& out, bool tabs, const TableOptions& options) {
  return std::make_unique<SeparatedWriter>(out, tabs, options);
}

}  // namespace sightline
