// SPDX-License-Identifier: Apache-2.0
#include "batch/output_names.h"

#include <array>
#include <string_view>

#include "cli/failure.h"
#include "cli/options.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/journal_file.h"
#include "sightline/embeddings/score_index.h"
#include "sightline/files/file.h"
#include "sightline/files/publishing.h"

namespace sightline::app {
namespace {

constexpr std::string_view kPart = ".part", kJournal = ".journal", kArray = ".npy";

bool is_file_name(const std::string& output) {
  return !output.empty() && !is_stdout(output) && !output.starts_with("/dev/");
}

/// Refuses the name of a file that describes an array which exists, or is being written.
void check_describes_nothing(const std::string& output) {
  constexpr std::array<std::string (*)(std::string_view), 3> kCompanions = {index_path_of, info_path_of,
                                                                            score_index_path_of};
  for (const auto companion_of : kCompanions) {
    const std::string ending = companion_of(kArray);
    if (!output.ends_with(ending)) continue;
    const std::string array = output.substr(0, output.size() - ending.size()).append(kArray);
    for (const std::string_view state : {std::string_view(), kPart, kJournal}) {
      if (!file_exists(array + std::string(state))) continue;
      throw Failure(Stage::output, Error(ErrorCode::locked, output, "would describe " + printable(array)),
                    "choose another name");
    }
  }
}

}  // namespace

void check_not_working_name(const std::string& output) {
  if (!is_file_name(output)) return;
  const std::string target = in_stage(Stage::output, [&] { return resolve_links(output); });
  for (const std::string& name : {output, target}) {
    for (const std::string_view ending : {kPart, kJournal}) {
      if (!name.ends_with(ending)) continue;
      fail_usage("an output cannot be named " + printable(name) + ": names that end in " +
                 std::string(ending) + " are those of unfinished outputs");
    }
  }
}

std::vector<std::string> output_names(const std::string& output, TableFormat format,
                                      const std::string& report) {
  std::vector<std::string> names = {output, report};
  for (const std::string& name : {output, report}) check_not_working_name(name);
  const bool has_companions = format == TableFormat::npy && !is_stdout(output);
  if (has_companions) {
    names.insert(names.end(), {index_path_of(output), info_path_of(output), score_index_path_of(output)});
  }
  check_distinct(names);
  for (const std::string& name : {output, report}) {
    if (is_file_name(name)) check_describes_nothing(name);
  }
  for (std::size_t i = 0, count = names.size(); i < count; ++i) {
    if (is_file_name(names[i]))
      names.push_back(in_stage(Stage::output, [&] { return temporary_path(names[i]); }));
  }
  if (has_companions) {
    names.push_back(journal_path_of(output));
    // Before anything of a run that continues is taken for a leftover.
    if (is_journal_in_use(journal_path_of(resolve_links(output))))
      in_stage(Stage::output, [&] { fail_in_use(output); });
  }
  return names;
}

}  // namespace sightline::app
