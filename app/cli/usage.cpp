// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.h"

#include <algorithm>
#include <numeric>

#include "cli/failure.h"
#include "cli/first_argument.h"
#include "cli/hints.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

std::string did_you_mean(const std::string& name) {
  return name.empty() ? "" : "; did you mean '" + name + "'?";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

[[noreturn]] void fail_unknown(const std::string& what, const std::string& name, std::string instead,
                               const std::string& remark, const std::vector<std::string>& known) {
  if (instead.empty() && remark.empty()) instead = nearest_name(name, known);
  fail_usage("unknown " + what + " '" + name + "'" + did_you_mean(instead), remark);
}

}  // namespace

void fail_unknown_option(const CommandLine& line, const std::string& name) {
  const std::vector<std::string> known = line.long_names();
  std::string instead = option_instead_of(name, known);
  const std::string remark = instead.empty() ? remark_on_option(name) : "";
  fail_unknown("option", name, std::move(instead), remark, known);
}

void fail_unknown_command(const std::string& name, std::span<const Command> commands) {
  if (name.size() > 1 && name[0] == '-') {
    const std::string option = name.substr(0, name.find('='));
    if (std::any_of(commands.begin(), commands.end(),
                    [&](const Command& command) { return command.describe().find(option) != nullptr; }))
      fail_usage("unknown option '" + option + "'",
                 "options follow the command: sightline COMMAND " + option);
    fail_unknown("option", option, "", remark_on_option(option), {"--help", "--version"});
  }
  std::vector<std::string> known = {"help", "--help"};
  for (const Command& command : commands) known.emplace_back(command.name);
  std::string remark = remark_on_first_argument(name);
  if (remark.empty()) remark = remark_on_command(name);
  fail_unknown("command", printable(name), remark.empty() ? command_instead_of(name) : "", remark, known);
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : names) {
    const bool begins = name.size() >= 3 && std::string_view(candidate).starts_with(name);
    const std::size_t distance = begins ? 1 : edit_distance(name, candidate);
    if (distance < best_distance && distance < candidate.size() - 1) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace sightline::app
