// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/output/table_writer.h"

namespace sightline::app {

/// The names of all files that a run writes or removes: the output, the report ("" for none), those that can
/// lie beside an .npy file because of it, regardless of the command (files that describe it, and the journal
/// of its run), and the temporary files of all of these. No two are the same. Errors: usage for equal names,
/// and for a name that belongs to an unfinished output; Failure of Stage::output (locked) for the name of a
/// file that describes another array, and for an array that another run writes.
std::vector<std::string> output_names(const std::string& output, TableFormat format,
                                      const std::string& report);

/// Refuses the names that unfinished outputs have: NAME.part and NAME.journal. Another run with such an
/// output would replace what the first one writes. Errors: usage.
void check_not_working_name(const std::string& output);

}  // namespace sightline::app
