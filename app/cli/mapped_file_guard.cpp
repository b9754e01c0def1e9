// SPDX-License-Identifier: Apache-2.0
#include "cli/mapped_file_guard.h"

#include <unistd.h>

#include <csignal>
#include <string_view>

#include "cli/failure.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

// The functions below run in a signal handler: they make only async-signal-safe calls and do not allocate
// memory.

void write_error(std::string_view text) {
  // If stderr fails, there is nothing left to do.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

/// Control bytes of a path must not reach a terminal.
void write_path(const char* path) {
  for (; *path != '\0'; ++path) {
    const auto byte = static_cast<unsigned char>(*path);
    const char shown = byte < 0x20 || byte == 0x7F ? '?' : *path;
    write_error({&shown, 1});
  }
}

extern "C" void end_on_truncated_file(int signal, siginfo_t* info, void* /*context*/) {
  const MappedPlace place = find_mapped_file(info->si_addr);
  if (place.path != nullptr) {
    const bool embeddings = place.content == MappedContent::embeddings;
    const bool tokenizer = place.content == MappedContent::tokenizer;
    write_error(embeddings ? "sightline: error[TRUNC] " : "sightline: error[IO] ");
    write_path(place.path);
    write_error(embeddings  ? ": was truncated while it was being read\n"
                : tokenizer ? ": the tokenizer was truncated while it was being read\n"
                            : ": the weights were truncated while in use\n");
    ::_exit(embeddings ? kExitNoUsableInput : kExitModel);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // terminates the process with the default action after this handler returns
}

}  // namespace

void install_mapped_file_guard() {
  struct sigaction action {};
  action.sa_sigaction = end_on_truncated_file;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace sightline::app
