// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"

namespace sightline::app {

/// What the program was doing when an error occurred. Together with the error code, it determines the exit
/// code.
enum class Stage {
  usage,    ///< reading the command line
  inputs,   ///< reading captions, lists and embeddings
  streams,  ///< reading stdin
  model,    ///< reading or running the model
  output,   ///< writing results
};

/// Exit codes of docs/cli.md, section "Exit status".
inline constexpr int kExitSuccess = 0, kExitInternalError = 1, kExitUsage = 2, kExitSkipped = 3,
                     kExitNoUsableInput = 4, kExitModel = 5, kExitOutput = 6, kExitResources = 7,
                     kExitLocked = 8, kExitBelowLimit = 9;

/// The mapping in that section.
int exit_code(Stage stage, ErrorCode code);

/// An error together with its stage and an optional remedy.
class Failure : public Error {
 public:
  Failure(Stage stage, const Error& error, std::string remedy = "");

  Stage stage() const { return stage_; }
  /// The remedy of this failure, else a general one for its kind; may be empty.
  std::string remedy() const;

 private:
  Stage stage_;
  std::string remedy_;
};

/// Runs `work` and converts an error into a failure of `stage`. A failure of an inner stage is passed on
/// unchanged.
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

/// Thrown if `--on-error stop` ends the run. The message has already been printed. Exit code 4.
struct StoppedByItem {};

/// Throws a usage error. `remedy` is printed as the second line.
[[noreturn]] void fail_usage(std::string_view problem, std::string_view remedy = "");
/// Throws an error about captions, lists or embeddings.
[[noreturn]] void fail_inputs(ErrorCode code, std::string_view subject, std::string_view problem,
                              std::string_view remedy = "");

/// Prints "sightline: error[CLASS] subject: problem" and the remedy, if any, on stderr.
void print_failure(const Error& error, std::string_view remedy);

}  // namespace sightline::app
