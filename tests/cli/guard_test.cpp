// SPDX-License-Identifier: Apache-2.0
#include "cli/guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <new>
#include <stdexcept>
#include <string>

#include "cli/failure.h"
#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;

namespace {

struct Outcome {
  int status;
  std::string message;  ///< output on stderr
};

/// Runs `work` under the guard with stderr redirected to a pipe, whose buffer is larger than any message.
Outcome run_work(FunctionRef<int()> work) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const int kept = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  ::close(ends[1]);
  const int status = run_guarded(work, "score ");
  ::dup2(kept, STDERR_FILENO);  // closes the last write end, so that read() reaches the end
  ::close(kept);
  std::string message(4096, '\0');
  const ssize_t count = ::read(ends[0], message.data(), message.size());
  ::close(ends[0]);
  message.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return {status, message};
}

template <class Thrown>
Outcome run_throwing(const Thrown& thrown) {
  return run_work([&]() -> int { throw thrown; });
}

constexpr std::array kAllCodes = {
    ErrorCode::magic,  ErrorCode::truncated, ErrorCode::corrupt,     ErrorCode::header,
    ErrorCode::range,  ErrorCode::type,      ErrorCode::duplicate,   ErrorCode::limit,
    ErrorCode::unsafe, ErrorCode::utf8,      ErrorCode::unsupported, ErrorCode::missing,
    ErrorCode::io,     ErrorCode::mismatch,  ErrorCode::no_space,    ErrorCode::locked,
};

}  // namespace

TEST_CASE("guard: a successful run keeps its status and is silent", "[cli]") {
  for (const int status : {kExitSuccess, kExitSkipped, kExitNoUsableInput}) {
    const Outcome outcome = run_work([&] { return status; });
    CHECK(outcome.status == status);
    CHECK(outcome.message.empty());
  }
}

TEST_CASE("guard: an internal error gives status 1", "[cli][error]") {
  const Outcome outcome = run_throwing(std::logic_error("no\nsuch row"));
  CHECK(outcome.status == 1);
  CHECK(outcome.message == "sightline: error: internal error, please report it: no\\nsuch row\n");
}

TEST_CASE("guard: out of memory gives status 7", "[cli][error]") {
  const Outcome outcome = run_throwing(std::bad_alloc());
  CHECK(outcome.status == 7);
  CHECK(outcome.message ==
        "sightline: error[LIMIT] out of memory\n"
        "sightline: try fewer threads (-j) or a smaller batch (-b)\n");
}

TEST_CASE("guard: the stage of an error determines its status", "[cli][error]") {
  for (const ErrorCode code : kAllCodes) {
    const Error error(code, "a.bin", "is wrong");
    INFO(class_name(code));
    CHECK(run_throwing(error).status == 5);
    CHECK(run_throwing(Failure(Stage::model, error)).status == 5);
    CHECK(run_throwing(Failure(Stage::inputs, error)).status == 4);
    CHECK(run_throwing(Failure(Stage::streams, error)).status == 6);
    CHECK(run_throwing(Failure(Stage::output, error)).status == (code == ErrorCode::locked ? 8 : 6));
    CHECK(run_throwing(error).message ==
          "sightline: error[" + std::string(class_name(code)) + "] a.bin: is wrong\n");
  }
}

TEST_CASE("guard: a usage error gives status 2 and a hint at the command's help, regardless of the stage",
          "[cli][error]") {
  const Error error(ErrorCode::usage, "", "no image given");
  const std::string expected = "sightline: error: no image given\nsightline: try: sightline score --help\n";
  for (const Stage stage : {Stage::usage, Stage::inputs, Stage::model, Stage::output}) {
    const Outcome outcome = run_throwing(Failure(stage, error));
    CHECK(outcome.status == 2);
    CHECK(outcome.message == expected);
  }
  CHECK(run_throwing(error).message == expected);
  CHECK(run_throwing(Failure(Stage::usage, error, "name one")).message ==
        "sightline: error: no image given\nsightline: name one\n");
}

TEST_CASE("guard: an item that stops the run gives status 4 without another message", "[cli][error]") {
  const Outcome outcome = run_throwing(StoppedByItem{});
  CHECK(outcome.status == 4);
  CHECK(outcome.message.empty());
}

TEST_CASE("guard: messages name the standard streams", "[cli][error]") {
  const auto message = [](Stage stage, std::string_view problem) {
    return run_throwing(Failure(stage, Error(ErrorCode::io, "-", problem))).message;
  };
  CHECK(message(Stage::output, "cannot be written") ==
        "sightline: error[IO] standard output: cannot be written\n");
  CHECK(message(Stage::output, "standard output is closed") ==
        "sightline: error[IO] standard output is closed\n");
  CHECK(message(Stage::streams, "cannot be read") == "sightline: error[IO] standard input: cannot be read\n");
}

TEST_CASE("guard: out of memory inside a noexcept function gives status 7, too", "[cli][error]") {
  const auto no_throw = [](FunctionRef<void()> work) noexcept { work(); };
  const auto memory = sightline::testing::in_child([&] {
    no_throw([] { throw std::bad_alloc(); });
    return 0;
  });
  CHECK(memory.exit_status == kExitResources);
  CHECK(memory.errors == "sightline: error[LIMIT] out of memory\n");
  const auto other = sightline::testing::in_child([&] {
    no_throw([] { throw std::runtime_error("x"); });
    return 0;
  });
  CHECK(other.exit_status == kExitInternalError);
  CHECK(other.errors == "sightline: error: internal error, please report it\n");
}

TEST_CASE("guard: F15 a closed standard input remains an error") {
  CHECK(sightline::testing::in_child([] {
          ::close(STDIN_FILENO);
          guard_standard_streams();
          return sightline::testing::error_of([] { (void)read_input("-", 100); }).code == "IO" ? 0 : 1;
        }).exit_status == 0);
}

TEST_CASE("guard: O11 a closed standard output remains an error, and no data file gets its descriptor") {
  const sightline::testing::TempFolder folder;
  CHECK(sightline::testing::in_child([&] {
          ::close(STDOUT_FILENO);
          guard_standard_streams();
          const int next = ::open((folder / "data").c_str(), O_RDWR | O_CREAT, 0600);
          const auto error = sightline::testing::error_of([] { OutputFile("-", false); });
          return next > STDERR_FILENO && error.code == "IO" ? 0 : 1;
        }).exit_status == 0);
}
