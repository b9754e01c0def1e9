#include <string>

#include "sightline/base/format.h"
#include "sightline/output/escape.h"
#include "sightline/output/formats_of_tables.h"

namespace sightline {
namespace {

class SeparatedWriter : public TableWriter {
 public:
  SeparatedWriter(OutputFile& out, bool tabs, const TableOptions& options)
      : out_(out), tabs_(tabs), drop_bad_(options.drop_bad) {}

  void begin(std::int64_t columns, std::optional<std::int64_t> /*rows*/) override { columns_ = columns; }

  void row(const TableRow& row) override {
    const bool failed = !row.error_class.empty();
    if (failed && drop_bad_) return;
    text_.clear();
    if (tabs_) {
      append_tsv_field(text_, row.label);
    } else {
      append_csv_field(text_, row.label);
    }
    const char separator = tabs_ ? '\t' : ',';
    if (failed) text_.append(static_cast<std::size_t>(columns_), separator);
    for (const float value : row.values) {
      text_ += separator;
      append_field_float(text_, value);
    }
    text_ += tabs_ ? kTsvLineEnd : kCsvLineEnd;
    out_.write(text_);
  }

  void finish() override {}

 private:
  OutputFile& out_;
  bool tabs_, drop_bad_;
  std::int64_t columns_ = 0;
  std::string text_;
};

}  // namespace

std::unique_ptr<TableWriter> make_separated_writer(OutputFile& out, bool tabs, const TableOptions& options) {
  return std::make_unique<SeparatedWriter>(out, tabs, options);
}

}  // namespace sightline
