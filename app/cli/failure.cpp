// SPDX-License-Identifier: Apache-2.0
#include "cli/failure.h"

#include "cli/console.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

/// Replaces the subject "-" with the name of the standard stream, unless the problem already names it.
Error name_stream(Stage stage, const Error& error) {
  if (error.subject() != "-") return error;
  const std::string name = stage == Stage::output ? "standard output" : "standard input";
  return Error(error.code(), error.problem().starts_with(name) ? "" : name, error.problem());
}

}  // namespace

int exit_code(Stage stage, ErrorCode code) {
  if (code == ErrorCode::usage) return kExitUsage;
  switch (stage) {
    case Stage::usage:
      return kExitUsage;
    case Stage::inputs:
      return kExitNoUsableInput;
    case Stage::streams:
      return kExitOutput;
    case Stage::model:
      return kExitModel;
    case Stage::output:
      return code == ErrorCode::locked ? kExitLocked : kExitOutput;
  }
  return kExitInternalError;
}

Failure::Failure(Stage stage, const Error& error, std::string remedy)
    : Error(name_stream(stage, error)), stage_(stage), remedy_(std::move(remedy)) {}

std::string Failure::remedy() const {
  if (!remedy_.empty()) return remedy_;
  const bool exists = code() == ErrorCode::locked && problem().find("exist") != std::string::npos;
  return exists ? "use --force to overwrite it" : "";
}

void fail_usage(std::string_view problem, std::string_view remedy) {
  throw Failure(Stage::usage, Error(ErrorCode::usage, "", problem), std::string(remedy));
}

void fail_inputs(ErrorCode code, std::string_view subject, std::string_view problem,
                 std::string_view remedy) {
  throw Failure(Stage::inputs, Error(code, subject, problem), std::string(remedy));
}

void print_failure(const Error& error, std::string_view remedy) {
  const bool usage = error.code() == ErrorCode::usage;
  // Usage errors have no class, because the message names the argument.
  std::string line = "sightline: " + error_word(usage ? "" : class_name(error.code())) + (usage ? ": " : " ");
  if (!error.subject().empty()) line.append(printable(error.subject())).append(": ");
  line.append(printable(error.problem())).append("\n");
  if (!remedy.empty()) line += message_line("", remedy);
  write_stderr(line);
}

}  // namespace sightline::app
