// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

namespace sightline::testing {

/// How a child process ended and what it wrote to stderr.
struct ChildResult {
  int exit_status = -1;  ///< -1 if a signal ended it
  int signal = 0;
  std::string errors;
};

/// Runs `action` in a child process, which exits with the status that it returns. Use it for effects on a
/// whole process: signals, closed streams, limits.
template <class Action>
ChildResult in_child(Action action) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDERR_FILENO);
    ::close(pipe[0]);
    ::close(pipe[1]);
    ::_exit(action());
  }
  ::close(pipe[1]);
  ChildResult result;
  std::array<char, 4096> buffer;
  for (ssize_t got; (got = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    result.errors.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

}  // namespace sightline::testing
