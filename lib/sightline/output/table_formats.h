// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/output/table_writer.h"

namespace sightline {

/// NumPy's .npy 1.0 in C order, `<f4` or `<f2`, with a header of 128 bytes. If the output is seekable,
/// `finish` fills in the number of rows. Failed rows are zeros. Source: numpy/lib/_format_impl.py.
std::unique_ptr<TableWriter> make_npy_writer(OutputFile& out, const TableOptions& options);
/// One JSON object per line, or the same objects in one array.
std::unique_ptr<TableWriter> make_json_writer(OutputFile& out, bool lines);
/// A header line (`path` or `text`, `e0`, `e1`, ...), then the label and the values of each row. Failed rows
/// have empty fields.
std::unique_ptr<TableWriter> make_separated_writer(OutputFile& out, bool tabs, const TableOptions& options);

}  // namespace sightline
