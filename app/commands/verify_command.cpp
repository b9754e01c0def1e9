// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/verify.h"

#include <memory>
#include <string>
#include <vector>

#include "cli/failure.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "commands/commands.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

struct VerifyOptions {
  std::string array, report;
  ConsoleOptions console;
};

/// "photos.npy: 6 rows of 512 float32 numbers; checked with index, info file and hash"
std::string describe(const VerifyOptions& o, const VerifiedFiles& files) {
  std::vector<std::string> parts;
  if (files.has_index) parts.emplace_back("index");
  if (files.has_info) parts.emplace_back(files.has_hash ? "info file with hash" : "info file without hash");
  if (files.has_report) parts.emplace_back("report");
  std::string text = printable(o.array) + ": " + std::to_string(files.rows) +
                     (files.rows == 1 ? " row of " : " rows of ") + std::to_string(files.columns) + " " +
                     files.dtype + " numbers; ";
  if (parts.empty()) return text + "no index and no info file beside it\n";
  return text + "agrees with " + enumerate(parts, " and ") + "\n";
}

int run_verify(const VerifyOptions& o) {
  if (o.array.empty()) fail_usage("no array given", "name it: sightline verify OUT.npy");
  if (is_stdout(o.array) || is_stdout(o.report)) fail_usage("verify reads files, not stdin");
  install_signal_handlers();
  Stopwatch watch(o.console);
  const VerifiedFiles files =
      verify_embeddings(o.array, o.report,
                        {[&](const Error& violation) { print_failure(violation, ""); },
                         [&](std::int64_t) { throw_if_interrupted(); }});
  watch.lap("verified");
  if (files.is_unfinished)
    note(o.console, "if no process is writing these files, continue the run with --resume");
  if (files.violations > 0) return kExitNoUsableInput;
  in_stage(Stage::output, [&] { write_stdout(describe(o, files)); });
  return kExitSuccess;
}

}  // namespace

CommandLine describe_verify() {
  const auto o = std::make_shared<VerifyOptions>();
  CommandLine line;
  line.add({.names = {"ARRAY"},
            .help = "array of embeddings; its index and info file are found beside it",
            .value = text(o->array),
            .completion = Completion::files});
  line.add({.names = {"--report"},
            .value_name = "FILE",
            .help = "the report of the run",
            .value = text(o->report),
            .completion = Completion::files});
  add_console_options(line, o->console);
  line.run = [o](const CommandLine&) { return run_verify(*o); };
  return line;
}

}  // namespace sightline::app
