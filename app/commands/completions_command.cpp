// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/completions.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/option_values.h"
#include "commands/commands.h"

namespace sightline::app {
namespace {

std::vector<Choice<const CompletionShell*>> shells() {
  std::vector<Choice<const CompletionShell*>> choices;
  for (const CompletionShell& shell : completion_shells())
    choices.push_back({std::string(shell.name), &shell});
  return choices;
}

int run_completions(const CompletionShell* shell) {
  if (shell == nullptr) {
    std::vector<std::string> names;
    for (const CompletionShell& known : completion_shells()) names.emplace_back(known.name);
    fail_usage("no shell given", "supported: " + enumerate(names, " and "));
  }
  in_stage(Stage::output, [&] { write_stdout(shell->script(commands())); });
  return kExitSuccess;
}

}  // namespace

CommandLine describe_completions() {
  const auto shell = std::make_shared<const CompletionShell*>(nullptr);
  CommandLine line;
  line.add({.names = {"SHELL"}, .value = choice(*shell, shells)});
  line.options().back().help = enumerate(line.options().back().value.choices(), " or ");
  line.run = [shell](const CommandLine&) { return run_completions(*shell); };
  return line;
}

}  // namespace sightline::app
