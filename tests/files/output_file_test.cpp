// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/error_of.h"
#include "support/skip.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::atomic<bool> locks_exist = true;

/// Simulates a file system without locks during its lifetime.
struct NoLocks {
  NoLocks() { locks_exist = false; }
  ~NoLocks() { locks_exist = true; }
  NoLocks(const NoLocks&) = delete;
  NoLocks& operator=(const NoLocks&) = delete;
};

Failure opening(const std::string& path, bool force = false) {
  return error_of([&] { const OutputFile out(path, force); });
}

void write_file(const std::string& path, std::string_view bytes, bool force = false) {
  OutputFile out(path, force);
  out.write(bytes);
  out.commit();
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  return status.st_mode & 0777;
}

}  // namespace

// Replaces the function of the C library.
extern "C" int flock(int descriptor, int operation) noexcept {
  if (locks_exist) return static_cast<int>(::syscall(SYS_flock, descriptor, operation));
  errno = ENOLCK;
  return -1;
}

TEST_CASE("output file: appears at commit, complete, and not before", "[io]") {
  const TempFolder folder;
  const std::string large(200'000, 'y');
  {
    OutputFile out(folder / "a", false);
    CHECK(out.seekable());
    CHECK(folder.has("a.part"));
    out.write("hello ");
    out.write(large);
    out.write("x");
    out.write_at(0, "J");
    out.write_at(200'006, "z");
    CHECK(out.size() == 200'007);
    CHECK_FALSE(folder.has("a"));
    out.commit();
    CHECK(folder.has("a"));
    CHECK_FALSE(folder.has("a.part"));
  }
  CHECK(folder.read("a") == "Jello " + large + "z");
  CHECK(folder.entries() == 1);
}

TEST_CASE("output file: after prepare_commit it is complete but unpublished, and later writes are included",
          "[io]") {
  const TempFolder folder;
  {
    OutputFile out(folder / "a", false);
    out.write("hello");
    out.prepare_commit();
    CHECK(folder.read("a.part") == "hello");
    CHECK_FALSE(folder.has("a"));
    out.write(" there");
    out.write_at(0, "J");
    out.commit();
  }
  CHECK(folder.read("a") == "Jello there");
  if (!std::filesystem::exists("/dev/full")) return skip("there is no /dev/full");
  OutputFile full("/dev/full", false);
  full.write("small");
  CHECK(error_of([&] { full.prepare_commit(); }).code == "NOSPC");
}

TEST_CASE("output file: without commit no file remains", "[io]") {
  const TempFolder folder;
  {
    OutputFile out(folder / "a", false);
    out.write(std::string(100'000, 'x'));
  }
  CHECK(folder.entries() == 0);
}

TEST_CASE("output file: write_at accepts only bytes that were written", "[io][error]") {
  const TempFolder folder;
  OutputFile out(folder / "a", false);
  out.write("abc");
  CHECK(error_of([&] { out.write_at(2, "xy"); }).code == "RANGE");
  CHECK(error_of([&] { out.write_at(-1, "x"); }).code == "RANGE");
}

TEST_CASE("output file: O02 an existing file is replaced only with force, and atomically", "[io][error]") {
  const TempFolder folder;
  const std::string path = folder.write("a", "old");
  CHECK(opening(path) == Failure{"LOCK", path + ": already exists"});
  {
    OutputFile out(path, true);
    out.write("new");
    out.flush();
    CHECK(folder.read("a") == "old");
  }
  CHECK(folder.read("a") == "old");
  write_file(path, "new", true);
  CHECK(folder.read("a") == "new");
  CHECK(folder.entries() == 1);
}

TEST_CASE("output file: a target that another process creates during the run is not overwritten",
          "[io][error]") {
  const TempFolder folder;
  OutputFile out(folder / "a", false);
  out.write("mine");
  folder.write("a", "theirs");
  CHECK(error_of([&] { out.commit(); }).code == "LOCK");
  CHECK(folder.read("a") == "theirs");
}

TEST_CASE("output file: O03 a bad path fails when the output is opened", "[io][error]") {
  const TempFolder folder;
  folder.write("file", "x");
  CHECK(opening(folder / "none/a").code == "IO");
  CHECK(opening(folder / "file/a").code == "IO");
  CHECK(opening(folder.path()).code == "IO");
  CHECK(opening(folder.path(), true).code == "IO");
  CHECK(opening(folder / std::string(256, 'n')).code == "IO");
  CHECK(opening(folder / std::string(252, 'n')).code == "IO");  // no room for ".part"
  CHECK(opening("").code == "IO");
  CHECK(folder.entries() == 1);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  const int status = in_child([&] {
                       if (::geteuid() == 0 && ::seteuid(65534) != 0) return 77;
                       return opening(folder / "a").code == "IO" ? 0 : 1;
                     }).exit_status;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  if (status == 77) return skip("root cannot become another user here");
  CHECK(status == 0);
}

TEST_CASE("output file: O04 a full disk is reported as such, early and late", "[io][error]") {
  if (!std::filesystem::exists("/dev/full")) return skip("there is no /dev/full");
  {
    OutputFile out("/dev/full", false);
    out.write("small");  // stays in the buffer
    CHECK(error_of([&] { out.commit(); }).code == "NOSPC");
    CHECK(error_of([&] { out.commit(); }).code == "IO");
    CHECK(error_of([&] { out.write("x"); }).code == "IO");
  }
  OutputFile out("/dev/full", false);
  CHECK(error_of([&] { out.write(std::string(100'000, 'x')); }).code == "NOSPC");
}

TEST_CASE("output file: O05 devices and FIFOs are written directly", "[io]") {
  const TempFolder folder;
  write_file("/dev/null", "x");
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const std::string sent(300'000, 'q');  // more than a pipe holds
  std::thread writer([&] { write_file(fifo, sent); });
  std::string got;
  std::ifstream reader(fifo, std::ios::binary);
  got.assign(std::istreambuf_iterator<char>(reader), {});
  writer.join();
  CHECK(got == sent);
  CHECK(folder.entries() == 1);

  OutputFile out("/dev/null", false);
  CHECK_FALSE(out.seekable());
  out.write("abc");
  CHECK(error_of([&] { out.write_at(0, "x"); }).code == "IO");
}

TEST_CASE("output file: - is standard output", "[io]") {
  const TempFolder folder;
  for (const std::string name : {"-", "/dev/stdout"}) {
    const std::string target = folder.write("out", "");
    CHECK(in_child([&] {
            const int opened = ::open(target.c_str(), O_WRONLY | O_APPEND);
            ::dup2(opened, STDOUT_FILENO);
            write_file(name, "to stdout");
            return 0;
          }).exit_status == 0);
    CHECK(folder.read("out") == "to stdout");
  }
}

TEST_CASE("output file: standard output keeps what was written before a failure", "[io][error]") {
  const TempFolder folder;
  const std::string target = folder.write("out", "");
  CHECK(in_child([&] {
          const int opened = ::open(target.c_str(), O_WRONLY | O_APPEND);
          ::dup2(opened, STDOUT_FILENO);
          OutputFile("-", false).write("a row\n");  // no commit
          return 0;
        }).exit_status == 0);
  CHECK(folder.read("out") == "a row\n");
}

TEST_CASE("output file: a non-blocking standard output is waited for", "[io]") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_NONBLOCK) == 0);
  const std::string sent(500'000, 's');
  std::size_t received = 0;
  std::thread reader([&] {
    ::fcntl(pipe[0], F_SETFL, 0);
    std::array<char, 4096> buffer;
    for (ssize_t got; (got = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
      received += static_cast<std::size_t>(got);
    }
  });
  const ChildResult result = in_child([&] {
    ::dup2(pipe[1], STDOUT_FILENO);
    write_file("-", sent);
    return 0;
  });
  ::close(pipe[1]);
  reader.join();
  ::close(pipe[0]);
  CHECK(result.exit_status == 0);
  CHECK(received == sent.size());
}

TEST_CASE("output file: O07 a file size limit is an error, not a signal", "[io][error]") {
  const TempFolder folder;
  const ChildResult result = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return error_of([&] { write_file(folder / "a", std::string(200'000, 'x')); }).code == "IO" ? 0 : 1;
  });
  CHECK(result.exit_status == 0);
  CHECK(folder.entries() == 0);
}

TEST_CASE("output file: O08 a symbolic link is kept and its target is replaced", "[io]") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "sub");
  folder.write("sub/real", "old");
  std::filesystem::create_symlink("sub/real", folder / "link");
  std::filesystem::create_symlink("link", folder / "link2");
  write_file(folder / "link2", "new", true);
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(std::filesystem::is_symlink(folder / "link2"));
  CHECK(folder.read("sub/real") == "new");

  std::filesystem::create_symlink("sub/fresh", folder / "dangling");
  write_file(folder / "dangling", "made");
  CHECK(folder.read("sub/fresh") == "made");
  std::filesystem::create_symlink("loop", folder / "loop");
  CHECK(opening(folder / "loop").code == "IO");
}

TEST_CASE("output file: O09 a failed rename leaves the target unchanged and no temporary file",
          "[io][error]") {
  const TempFolder folder;
  {
    OutputFile out(folder / "a", true);
    out.write("x");
    std::filesystem::create_directory(folder / "a");
    CHECK(error_of([&] { out.commit(); }).code == "IO");
  }
  CHECK(std::filesystem::is_directory(folder / "a"));
  CHECK(folder.entries() == 1);
}

TEST_CASE("output file: O11 a closed standard output is an error", "[io][error]") {
  CHECK(in_child([&] {
          ::close(STDOUT_FILENO);
          return opening("-").code == "IO" ? 0 : 1;
        }).exit_status == 0);
}

TEST_CASE("output file: O12 a new file gets its mode from umask, a replaced file keeps its mode", "[io]") {
  const TempFolder folder;
  const mode_t before = ::umask(077);
  write_file(folder / "private", "x");
  ::umask(022);
  write_file(folder / "open", "x");
  ::umask(before);
  CHECK(mode_of(folder / "private") == 0600);
  CHECK(mode_of(folder / "open") == 0644);
  REQUIRE(::chmod((folder / "open").c_str(), 0640) == 0);
  write_file(folder / "open", "y", true);
  CHECK(mode_of(folder / "open") == 0640);
}

TEST_CASE("output file: a second writer of the same output is rejected while the first one is active",
          "[io][error]") {
  const TempFolder folder;
  {
    OutputFile first(folder / "a", false);
    first.write("one");
    CHECK(opening(folder / "a") ==
          Failure{"LOCK", (folder / "a") + ": is in use by another sightline process"});
    CHECK(opening(folder / "a", true).code == "LOCK");
    first.commit();
  }
  CHECK(folder.read("a") == "one");
}

TEST_CASE("output file: the leftover of a killed run is replaced", "[io]") {
  const TempFolder folder;
  const ChildResult result = in_child([&] {
    OutputFile out(folder / "a", false);
    out.write("half");
    out.flush();
    ::raise(SIGKILL);
    return 0;
  });
  CHECK(result.signal == SIGKILL);
  REQUIRE(folder.has("a.part"));
  std::filesystem::create_hard_link(folder / "a.part", folder / "elsewhere");
  write_file(folder / "a", "whole");
  CHECK(folder.read("a") == "whole");
  CHECK(folder.read("elsewhere") == "half");
  CHECK_FALSE(folder.has("a.part"));
}

TEST_CASE("output file: without file locks an existing temporary file acts as the lock", "[io][error]") {
  const TempFolder folder;
  const NoLocks no_locks;
  {
    OutputFile first(folder / "a", false);
    const Failure refused = opening(folder / "a");
    CHECK(refused.code == "LOCK");
    CHECK(refused.message.find("a.part exists and its file system does not support locks") !=
          std::string::npos);
    first.write("one");
    first.commit();
  }
  CHECK(folder.read("a") == "one");
  folder.write("b.part", "of a killed run");
  CHECK(opening(folder / "b").code == "LOCK");
  CHECK(folder.read("b.part") == "of a killed run");
}

TEST_CASE("output file: a symbolic link in place of the temporary file is not followed", "[io]") {
  const TempFolder folder;
  const std::string precious = folder.write("precious", "keep");
  std::filesystem::create_symlink(precious, folder / "a.part");
  write_file(folder / "a", "whole");
  CHECK(folder.read("precious") == "keep");
  CHECK(folder.read("a") == "whole");
}

TEST_CASE("output file: of many concurrent runs on one output exactly one succeeds", "[io][property]") {
  const TempFolder folder;
  const int count = 12;
  std::vector<std::thread> runs;
  std::atomic<int> good = 0, locked = 0;
  for (int i = 0; i < count; ++i) {
    runs.emplace_back([&, i] {
      const Failure failure =
          error_of([&] { write_file(folder / "a", std::string(1000, static_cast<char>('a' + i))); });
      if (failure.code.empty()) ++good;
      if (failure.code == "LOCK") ++locked;
    });
  }
  for (std::thread& run : runs) run.join();
  CHECK(good == 1);
  CHECK(locked == count - 1);
  const std::string text = folder.read("a");
  CHECK(text == std::string(1000, text.at(0)));
  CHECK(folder.entries() == 1);
}

TEST_CASE("output file: a check that throws ends the wait for a reader", "[io]") {
  std::array<int, 2> ends = {};
  REQUIRE(::pipe(ends.data()) == 0);
  static std::atomic<int> asked = 0;
  asked = 0;
  set_wait_check([] {
    if (++asked > 1) throw 5;
  });
  const std::string large(1 << 20, 'x');
  {
    OutputFile out("/dev/fd/" + std::to_string(ends[1]), false);
    CHECK_THROWS_AS(out.write(large), int);
  }
  CHECK(asked == 2);
  set_wait_check(nullptr);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("output file: without locks, only force continues what was left", "[io][resume]") {
  const TempFolder folder;
  {
    OutputFile out(folder / "a", false);
    out.write("abc");
    out.sync();
    out.keep();
  }
  const NoLocks none;
  const Failure failure = error_of([&] { OutputFile(folder / "a", false, Leftover::reopen); });
  CHECK(failure.code == "LOCK");
  CHECK_THAT(failure.message, Contains("does not support locks"));
  CHECK(folder.read("a.part") == "abc");
  OutputFile out(folder / "a", true, Leftover::reopen);
  out.continue_at(3);
  out.commit();
  CHECK(folder.read("a") == "abc");
}
