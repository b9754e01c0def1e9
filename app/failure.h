// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"

namespace sightline::app {

/// What the program was doing when something failed. Together with the kind of error it decides the exit
/// code.
enum class Stage {
  usage,    ///< reading the command line
  inputs,   ///< reading captions, lists and embeddings
  streams,  ///< reading stdin
  model,    ///< reading or running the model
  output,   ///< writing results
};

/// Exit codes of docs/cli.md, section "Exit status".
inline constexpr int kExitDone = 0, kExitMistake = 1, kExitUsage = 2, kExitSkipped = 3, kExitNothing = 4,
                     kExitModel = 5, kExitOutput = 6, kExitResources = 7, kExitLocked = 8, kExitLow = 9;

/// The table of that section.
int exit_code(Stage stage, ErrorCode code);

/// An error together with its stage and, where it helps, what to do about it.
class Failure : public Error {
 public:
  Failure(Stage stage, const Error& error, std::string remedy = "");

  Stage stage() const { return stage_; }
  /// Its own, or what helps against every failure of its kind; may be empty.
  std::string remedy() const;

 private:
  Stage stage_;
  std::string remedy_;
};

/// Runs `work`; an error inside becomes a failure of `stage`, unless an inner stage has named it already.
template <class Work>
decltype(auto) in_stage(Stage stage, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    throw Failure(stage, error);
  }
}

/// Thrown where `--on-error stop` ends the run; the message has been printed. Exit code 4.
struct StoppedByItem {};

/// Throws a failure of the command line. `remedy` is the second line.
[[noreturn]] void fail_usage(std::string_view problem, std::string_view remedy = "");
/// Throws a failure of the captions, lists or embeddings.
[[noreturn]] void fail_inputs(ErrorCode code, std::string_view subject, std::string_view problem,
                              std::string_view remedy = "");

/// "sightline: error[CLASS] subject: problem" and the remedy, if there is one, on stderr.
void print_failure(const Error& error, std::string_view remedy);

}  // namespace sightline::app
