// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>

#include "console.h"
#include "failure.h"
#include "sightline/base/format.h"
#include "signals.h"

namespace sightline::app {
namespace {

[[noreturn]] void end_at_once(std::string_view message, int status) {
  const ssize_t ignored = ::write(STDERR_FILENO, message.data(), message.size());
  static_cast<void>(ignored);
  ::_exit(status);
}

/// Where an exception cannot be caught: memory that ends before `main`, or within a function of a library
/// that may not throw. Makes nothing that needs memory. What a run leaves then, the next one removes.
[[noreturn]] void end_uncaught() noexcept {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    end_at_once("sightline: error[LIMIT] out of memory\n", kExitResources);
  } catch (...) {
  }
  end_at_once("sightline: error: internal error, please report it\n", kExitMistake);
}

/// Before the statics of libraries are made, which takes memory.
[[gnu::constructor(101)]] void guard_termination() { std::set_terminate(end_uncaught); }

/// Nothing when a signal has ended the run: the error is a consequence of it.
int end_with(const Error& error, Stage stage, std::string remedy, const std::string& command) {
  if (remedy.empty() && error.code() == ErrorCode::usage) remedy = "try: sightline " + command + "--help";
  if (pending_signal() == 0) print_failure(error, remedy);
  return exit_code(stage, error.code());
}

}  // namespace

int run_guarded(FunctionRef<int()> work, const std::string& command) {
  try {
    return work();
  } catch (const Interrupted&) {
    return kExitMistake;  // main raises the signal again
  } catch (const StoppedByItem&) {
    return kExitNothing;
  } catch (const Failure& failure) {
    return end_with(failure, failure.stage(), failure.remedy(), command);
  } catch (const Error& error) {
    return end_with(error, Stage::model, "", command);
  } catch (const std::bad_alloc&) {
    write_stderr("sightline: " + error_word("LIMIT") +
                 " out of memory\nsightline: try fewer threads (-j) or a smaller batch (-b)\n");
    return kExitResources;
  } catch (const std::exception& error) {
    write_stderr("sightline: " + error_word("") +
                 ": internal error, please report it: " + printable(error.what()) + "\n");
    return kExitMistake;
  }
}

void guard_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // Opened in the wrong direction: the descriptor is taken, and using it still fails. The lowest free
    // number is `stream`, because those below it are open by now.
    const int opened = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (opened > STDERR_FILENO) ::close(opened);
  }
}

}  // namespace sightline::app
