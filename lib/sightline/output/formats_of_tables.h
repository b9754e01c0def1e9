// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/output/table_writer.h"

namespace sightline {

/// numpy's .npy 1.0, C order, `<f4` or `<f2`: a header of 128 bytes whose row count is put in by `finish`
/// where the output is seekable. Failed rows are zeros. Source: numpy/lib/_format_impl.py.
std::unique_ptr<TableWriter> make_npy_writer(OutputFile& out, const TableOptions& options);
/// One object a line, or the same objects in one array.
std::unique_ptr<TableWriter> make_json_writer(OutputFile& out, bool lines);
/// A header line (`path` or `text`, `e0`, `e1`, ...); label, then the values. Failed rows have empty fields.
std::unique_ptr<TableWriter> make_separated_writer(OutputFile& out, bool tabs, const TableOptions& options);

}  // namespace sightline
