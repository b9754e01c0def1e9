// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/output/table_formats.h"

namespace sightline {
namespace {

// {"path":"a.jpg","status":"ok","embedding":[...]}
class JsonWriter : public TableWriter {
 public:
  JsonWriter(OutputFile& out, bool lines) : out_(out), lines_(lines) {}

  void begin(std::int64_t /*columns*/, std::optional<std::int64_t> /*rows*/) override {
    if (!lines_) out_.write("[");
  }

  void row(const TableRow& row) override {
    text_ = lines_ ? "{" : first_ ? "\n{" : ",\n{";
    first_ = false;
    append_json_label(text_, row.label_key, row.label);
    if (row.error_class.empty()) {
      text_ += ",\"status\":\"ok\",\"embedding\":[";
      for (const float value : row.values) {
        append_float(text_, value);
        text_ += ',';
      }
      if (!row.values.empty()) text_.pop_back();
      text_ += ']';
    } else {
      append_json_failure(text_, row.error_class, row.message);
    }
    text_ += lines_ ? "}\n" : "}";
    out_.write(text_);
  }

  void finish() override {
    if (!lines_) out_.write(first_ ? "]\n" : "\n]\n");
  }

 private:
  OutputFile& out_;
  bool lines_;
  bool first_ = true;
  std::string text_;
};

}  // namespace

std::unique_ptr<TableWriter> make_json_writer(OutputFile& out, bool lines) {
  return std::make_unique<JsonWriter>(out, lines);
}

}  // namespace sightline
