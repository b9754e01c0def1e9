// SPDX-License-Identifier: Apache-2.0
#include "usage.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "console.h"
#include "failure.h"
#include "help.h"
#include "hints.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

std::string did_you_mean(const std::string& name) {
  return name.empty() ? "" : "; did you mean '" + name + "'?";
}

UsageProblem explain_option(const std::string& name, const std::vector<std::string>& known) {
  std::string instead = option_instead_of(name, known);
  std::string remark = instead.empty() ? remark_on_option(name) : "";
  if (instead.empty() && remark.empty()) instead = nearest_name(name, known);
  return {"unknown option '" + name + "'" + did_you_mean(instead), std::move(remark)};
}

}  // namespace

UsageProblem explain_command(const std::string& name, std::span<const Command> commands) {
  std::vector<std::string> known;
  for (const Command& command : commands) known.push_back(command.parser->get_name());
  known.emplace_back("help");
  known.emplace_back("--help");
  std::string instead = command_instead_of(name);
  std::string remark = remark_on_command(name);
  if (file_exists(name))
    remark = "a command comes first: sightline score " + printable(name) + " -c 'a photo of a dog'";
  if (instead.empty() && remark.empty()) instead = nearest_name(name, known);
  return {"unknown command '" + name + "'" + did_you_mean(instead), std::move(remark)};
}

UsageProblem explain_extra(const CLI::App& app, std::span<const Command> commands, const Command* command) {
  if (command != nullptr && command->parser->remaining().empty()) command = nullptr;  // it stood before
  const std::vector<std::string> extras = command == nullptr ? app.remaining() : command->parser->remaining();
  const std::string culprit = extras.empty() ? "" : extras.front();
  if (culprit.size() > 1 && culprit[0] == '-') {
    const std::string name = culprit.substr(0, culprit.find('='));
    if (command == nullptr && std::any_of(commands.begin(), commands.end(), [&](const Command& known) {
          return known.parser->get_option_no_throw(name) != nullptr;
        }))
      return {"unknown option '" + name + "'", "options follow the command: sightline COMMAND " + name};
    return explain_option(name, option_names(command == nullptr ? app : *command->parser));
  }
  if (command == nullptr) return explain_command(culprit, commands);
  return {"unexpected argument '" + culprit + "'", ""};
}

std::string explain_parse_error(std::string text) {
  constexpr std::string_view kConvert = "Could not convert: ";
  if (const std::size_t flag = text.find(" was given a disallowed flag override");
      flag != std::string::npos) {
    return "--" + text.substr(0, flag) + " takes no value";
  }
  const std::size_t equals = text.find(" = ");
  if (text.starts_with(kConvert) && equals != std::string::npos) {
    return text.substr(kConvert.size(), equals - kConvert.size()) + " is '" + text.substr(equals + 3) +
           "', expected a number";
  }
  if (const std::size_t at = text.find(": 1 required "); at != std::string::npos) {
    const std::size_t type = at + std::string_view(": 1 required ").size();
    return text.substr(0, at) + " needs a value: " + text.substr(type, text.rfind(' ') - type);
  }
  constexpr std::string_view kTooMany = ": At Most 1 required but received ";
  if (const std::size_t at = text.find(kTooMany); at != std::string::npos) {
    return text.substr(0, at) + " is given " + text.substr(at + kTooMany.size()) + " times, expected once";
  }
  if (const std::size_t at = text.find(" excludes "); at != std::string::npos) {
    return text.substr(0, at) + " and " + text.substr(at + 10) + " exclude each other";
  }
  if (const std::size_t at = text.find(": is '"); at != std::string::npos) text.erase(at, 1);
  return text;
}

int report_usage(const UsageProblem& problem, const Command* command) {
  const std::string name = command == nullptr ? "" : command->parser->get_name() + " ";
  const std::string remedy = problem.remedy.empty() ? "try: sightline " + name + "--help" : problem.remedy;
  write_stderr("sightline: " + error_word("") + ": " + printable(problem.problem) + "\nsightline: " + remedy +
               "\n");
  return kExitUsage;
}

}  // namespace sightline::app
