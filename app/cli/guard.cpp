// SPDX-License-Identifier: Apache-2.0
#include "cli/guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>

#include "cli/console.h"
#include "cli/failure.h"
#include "cli/signals.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

[[noreturn]] void exit_immediately(std::string_view message, int status) {
  const ssize_t ignored = ::write(STDERR_FILENO, message.data(), message.size());
  static_cast<void>(ignored);
  ::_exit(status);
}

/// Handles exceptions that cannot be caught: memory runs out before `main` or inside a noexcept function of a
/// library. It allocates nothing. The next run removes temporary files that are left behind.
[[noreturn]] void exit_on_uncaught() noexcept {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    exit_immediately("sightline: error[LIMIT] out of memory\n", kExitResources);
  } catch (...) {
  }
  exit_immediately("sightline: error: internal error, please report it\n", kExitInternalError);
}

/// Runs before the static objects of libraries are constructed, which allocates memory.
[[gnu::constructor(101)]] void guard_termination() { std::set_terminate(exit_on_uncaught); }

/// Prints nothing after a signal, because the error is a consequence of it.
int report_error(const Error& error, Stage stage, std::string remedy, const std::string& command) {
  if (remedy.empty() && error.code() == ErrorCode::usage) remedy = "try: sightline " + command + "--help";
  if (pending_signal() == 0) print_failure(error, remedy);
  return exit_code(stage, error.code());
}

}  // namespace

int run_guarded(FunctionRef<int()> work, const std::string& command) {
  try {
    return work();
  } catch (const Interrupted&) {
    return kExitInternalError;  // main re-raises the signal
  } catch (const StoppedByItem&) {
    return kExitNoUsableInput;
  } catch (const Failure& failure) {
    return report_error(failure, failure.stage(), failure.remedy(), command);
  } catch (const Error& error) {
    return report_error(error, Stage::model, "", command);
  } catch (const std::bad_alloc&) {
    write_stderr("sightline: " + error_word("LIMIT") +
                 " out of memory\nsightline: try fewer threads (-j) or a smaller batch (-b)\n");
    return kExitResources;
  } catch (const std::exception& error) {
    write_stderr("sightline: " + error_word("") +
                 ": internal error, please report it: " + printable(error.what()) + "\n");
    return kExitInternalError;
  }
}

void guard_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // Opened in the wrong direction, so that the descriptor is in use but every access fails. `stream` is the
    // lowest free number, because those below it are open now.
    const int opened = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (opened > STDERR_FILENO) ::close(opened);
  }
}

}  // namespace sightline::app
