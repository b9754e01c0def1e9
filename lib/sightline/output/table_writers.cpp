// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/error.h"
#include "sightline/output/table_formats.h"
#include "sightline/output/table_writer.h"

namespace sightline {
namespace {

std::unique_ptr<TableWriter> make_json(OutputFile& out, const TableOptions&) {
  return make_json_writer(out, false);
}
std::unique_ptr<TableWriter> make_jsonl(OutputFile& out, const TableOptions&) {
  return make_json_writer(out, true);
}
std::unique_ptr<TableWriter> make_csv(OutputFile& out, const TableOptions& options) {
  return make_separated_writer(out, false, options);
}
std::unique_ptr<TableWriter> make_tsv(OutputFile& out, const TableOptions& options) {
  return make_separated_writer(out, true, options);
}

constexpr TableFormatInfo kFormats[] = {
    {"text", ".txt", TableFormat::text, nullptr},        {"json", ".json", TableFormat::json, make_json},
    {"jsonl", ".jsonl", TableFormat::jsonl, make_jsonl}, {"csv", ".csv", TableFormat::csv, make_csv},
    {"tsv", ".tsv", TableFormat::tsv, make_tsv},         {"npy", ".npy", TableFormat::npy, make_npy_writer},
    {"html", ".html", TableFormat::html, nullptr},
};

}  // namespace

std::span<const TableFormatInfo> table_formats() { return kFormats; }

std::unique_ptr<TableWriter> make_table_writer(TableFormat format, OutputFile& out,
                                               const TableOptions& options) {
  for (const TableFormatInfo& known : kFormats) {
    if (known.format == format && known.make_writer != nullptr) return known.make_writer(out, options);
  }
  fail(ErrorCode::usage, "text", "is not supported for embeddings, expected npy, jsonl, json, csv or tsv");
}

}  // namespace sightline
