// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/output/table_formats.h"

namespace sightline {
namespace {

class SeparatedWriter : public TableWriter {
 public:
  SeparatedWriter(OutputFile& out, bool tabs, const TableOptions& options)
      : out_(out), tabs_(tabs), drop_bad_(options.drop_bad), label_key_(options.label_key) {}

  void begin(std::int64_t columns, std::optional<std::int64_t> /*rows*/) override {
    columns_ = columns;
    text_.assign(label_key_);
    for (std::int64_t i = 0; i < columns; ++i) {
      text_ += separator();
      text_.append("e").append(std::to_string(i));
    }
    end_line();
  }

  void row(const TableRow& row) override {
    const bool failed = !row.error_class.empty();
    if (failed && drop_bad_) return;
    text_.clear();
    if (tabs_) {
      append_tsv_field(text_, row.label);
    } else {
      append_csv_field(text_, row.label);
    }
    if (failed) text_.append(static_cast<std::size_t>(columns_), separator());
    for (const float value : row.values) {
      text_ += separator();
      append_field_float(text_, value);
    }
    end_line();
  }

  void finish() override {}

 private:
  char separator() const { return tabs_ ? '\t' : ','; }
  void end_line() {
    text_ += tabs_ ? kTsvLineEnd : kCsvLineEnd;
    out_.write(text_);
  }

  OutputFile& out_;
  bool tabs_, drop_bad_;
  std::int64_t columns_ = 0;
  std::string label_key_, text_;
};

}  // namespace

std::unique_ptr<TableWriter> make_separated_writer(OutputFile& out, bool tabs, const TableOptions& options) {
  return std::make_unique<SeparatedWriter>(out, tabs, options);
}

}  // namespace sightline
