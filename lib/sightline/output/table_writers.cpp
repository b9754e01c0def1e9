// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "sightline/base/error.h"
#include "sightline/output/formats_of_tables.h"
#include "sightline/output/table_writer.h"

namespace sightline {
namespace {

struct FormatName {
  std::string_view name;
  std::string_view extension;
  TableFormat format;
};
constexpr std::array kFormats = {
    FormatName{"text", ".txt", TableFormat::text},     FormatName{"json", ".json", TableFormat::json},
    FormatName{"jsonl", ".jsonl", TableFormat::jsonl}, FormatName{"csv", ".csv", TableFormat::csv},
    FormatName{"tsv", ".tsv", TableFormat::tsv},       FormatName{"npy", ".npy", TableFormat::npy},
};

}  // namespace

TableFormat table_format(std::string_view name) {
  for (const FormatName& format : kFormats) {
    if (name == format.name) return format.format;
  }
  fail(ErrorCode::usage, name, "is not an output format, expected text, json, jsonl, csv, tsv or npy");
}

TableFormat table_format_of_path(std::string_view path) {
  for (const FormatName& format : kFormats) {
    if (path.ends_with(format.extension)) return format.format;
  }
  fail(ErrorCode::usage, path,
       "has an extension that names no output format, expected .npy, .jsonl, .json, .csv, .tsv or .txt");
}

std::unique_ptr<TableWriter> make_table_writer(TableFormat format, OutputFile& out,
                                               const TableOptions& options) {
  switch (format) {
    case TableFormat::json:
      return make_json_writer(out, false);
    case TableFormat::jsonl:
      return make_json_writer(out, true);
    case TableFormat::csv:
      return make_separated_writer(out, false, options);
    case TableFormat::tsv:
      return make_separated_writer(out, true, options);
    case TableFormat::npy:
      return make_npy_writer(out, options);
    case TableFormat::text:
      break;
  }
  fail(ErrorCode::usage, "text", "is not a form for vectors, expected npy, jsonl, json, csv or tsv");
}

}  // namespace sightline
