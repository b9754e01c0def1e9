// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/output/json_objects.h"
#include "sightline/output/table_formats.h"

namespace sightline {
namespace {

// {"path":"a.jpg","status":"ok","embedding":[...]}
class JsonWriter : public TableWriter {
 public:
  JsonWriter(OutputFile& out, bool lines) : objects_(out, lines) {}

  void begin(std::int64_t /*columns*/, std::optional<std::int64_t> /*rows*/) override { objects_.begin(); }

  void row(const TableRow& row) override {
    std::string& text = objects_.open();
    append_json_label(text, row.label_key, row.label);
    if (row.outcome.ok()) {
      text += ",\"status\":\"ok\",\"embedding\":[";
      for (const float value : row.values) {
        append_float(text, value);
        text += ',';
      }
      if (!row.values.empty()) text.pop_back();
      text += ']';
    } else {
      append_json_failure(text, row.outcome);
    }
    objects_.close();
  }

  void finish() override { objects_.finish(); }

 private:
  JsonObjects objects_;
};

}  // namespace

std::unique_ptr<TableWriter> make_json_writer(OutputFile& out, bool lines) {
  return std::make_unique<JsonWriter>(out, lines);
}

}  // namespace sightline
