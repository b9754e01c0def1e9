// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "support/catch.h"
#include "support/child.h"
#include "support/error_of.h"
#include "support/skip.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

Failure reading(const std::string& path, std::int64_t limit = 1000) {
  return error_of([&] { (void)read_input(path, limit); });
}

Failure mapping(const std::string& path) {
  return error_of([&] { (void)MappedFile::open(path); });
}

std::string text_of(const std::vector<std::byte>& bytes) { return std::string(as_text(bytes)); }

bool server_answers = true;

}  // namespace

// Replaces the function of the C library.
extern "C" int stat(const char* path, struct stat* status) noexcept {
  if (server_answers) return ::fstatat(AT_FDCWD, path, status, 0);
  errno = EIO;
  return -1;
}

TEST_CASE("file: reads a whole file up to the limit and rejects larger ones", "[io]") {
  const TempFolder folder;
  const std::string path = folder.write("a", "hello\0world"s);
  CHECK(text_of(read_file(path, 11)) == "hello\0world"s);
  CHECK(reading(path, 10).code == "LIMIT");
  CHECK(read_file(folder.write("empty", ""), 0).empty());
  const std::string large(300'000, 'x');
  CHECK(text_of(read_file(folder.write("large", large), 300'000)) == large);
}

TEST_CASE("file: the stamp of a file has its size and time", "[io]") {
  const TempFolder folder;
  const std::string path = folder.write("a", "hello");
  const timespec times[2] = {{0, UTIME_OMIT}, {1'700'000'000, 123'456'789}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  const FileStamp expected{5, 1'700'000'000'123'456'789};
  CHECK(stamp_of(path) == expected);
  std::optional<FileStamp> stamp;
  CHECK(text_of(read_file(path, 100, &stamp)) == "hello");
  CHECK(stamp == expected);
  REQUIRE(::symlink("a", (folder / "link").c_str()) == 0);
  CHECK(stamp_of(folder / "link") == expected);
  CHECK_FALSE(stamp_of(folder / "none"));
  CHECK_FALSE(stamp_of(folder / ""));
  CHECK_FALSE(stamp_of("/dev/null"));
}

TEST_CASE("file: bytes that are not those of the stated size have no stamp", "[io]") {
  std::optional<FileStamp> stamp = FileStamp{1, 1};
  CHECK_FALSE(read_file("/proc/self/status", 100'000, &stamp).empty());
  CHECK_FALSE(stamp);
}

TEST_CASE("file: F06 a /proc file with a reported size of 0 is read to its end", "[io]") {
  const std::string status = text_of(read_file("/proc/self/status", 100'000));
  CHECK(status.find("\nVmRSS") != std::string::npos);
  CHECK(reading("/proc/self/status", 20).code == "LIMIT");
}

TEST_CASE("file: F05 anything but a regular file is rejected at once", "[io][error]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = folder / "socket";
  name.copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  for (const std::string& path : {fifo, name, std::string("/dev/zero"), folder.path()}) {
    CHECK(reading(path).code == "UNSUP");
    CHECK(mapping(path).code == "UNSUP");
  }
  ::close(listener);
}

TEST_CASE("file: a missing or unreachable file is reported", "[io][error]") {
  const TempFolder folder;
  folder.write("file", "x");
  CHECK(reading(folder / "none") == Failure{"MISSING", (folder / "none") + ": does not exist"});
  CHECK(mapping(folder / "none").code == "MISSING");
  CHECK(reading(folder / "file/below").code == "MISSING");
  CHECK(reading(folder / "nul\0byte"s).code == "MISSING");
  CHECK(reading(folder / std::string(5000, 'x')).code == "LIMIT");
  CHECK(mapping(folder / std::string(5000, 'x')).code == "LIMIT");
  std::filesystem::create_symlink("loop", folder / "loop");
  CHECK(reading(folder / "loop").code == "IO");
  std::filesystem::create_symlink("gone", folder / "dangling");
  CHECK(reading(folder / "dangling").code == "MISSING");
}

TEST_CASE("file: F07 an unreadable file is an input error", "[io][error]") {
  const TempFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const std::string path = folder.write("secret", "x");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  const ChildResult result = in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return 77;
    return reading(path).code == "IO" && mapping(path).code == "IO" ? 0 : 1;
  });
  if (result.exit_status == 77) return skip("root cannot become another user here");
  CHECK(result.exit_status == 0);
}

TEST_CASE("file: - is standard input, where inputs of the program are read", "[io]") {
  const TempFolder folder;
  const std::string path = folder.write("in", "from stdin");
  const auto with_stdin = [](const std::string& source, auto check) {
    return in_child([&] {
             const int opened = ::open(source.c_str(), O_RDONLY);
             ::dup2(opened, STDIN_FILENO);
             return check() ? 0 : 1;
           }).exit_status == 0;
  };
  CHECK(with_stdin(path, [] { return text_of(read_input("-", 10)) == "from stdin"; }));
  CHECK(with_stdin(path, [] { return text_of(read_input("/dev/stdin", 10)) == "from stdin"; }));
  CHECK(with_stdin(path, [] { return reading("-", 9).code == "LIMIT"; }));
  CHECK(with_stdin(path, [] { return error_of([] { (void)read_file("-", 10); }).code == "MISSING"; }));
  CHECK(with_stdin(folder.path(), [] { return reading("-").code == "IO"; }));
}

TEST_CASE("file: F15 a closed standard input is an error", "[io][error]") {
  CHECK(in_child([] {
          ::close(STDIN_FILENO);
          return reading("-").code == "IO" ? 0 : 1;
        }).exit_status == 0);
}

TEST_CASE("file: mapped bytes match the file and outlive its name", "[io]") {
  const TempFolder folder;
  const std::string path = folder.write("w", "weights");
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  CHECK(file->path() == path);
  std::filesystem::remove(path);
  CHECK(as_text(file->bytes()) == "weights");
  CHECK(MappedFile::open(folder.write("empty", ""))->bytes().empty());
}

TEST_CASE("file: find_mapped_file returns the path and content of an address", "[files]") {
  const TempFolder folder;
  const std::string weights = folder.write("w", "weights"), array = folder.write("a", "array");
  const auto first = MappedFile::open(weights);
  CHECK(std::string(find_mapped_file(first->bytes().data() + 3).path) == weights);
  CHECK(find_mapped_file(first->bytes().data()).content == MappedContent::weights);
  CHECK(find_mapped_file(first->bytes().data() + first->bytes().size()).path == nullptr);
  const void* gone = nullptr;
  {
    const auto second = MappedFile::open(array, MappedContent::embeddings);
    gone = second->bytes().data();
    CHECK(find_mapped_file(gone).content == MappedContent::embeddings);
  }
  CHECK(find_mapped_file(gone).path == nullptr);
}

TEST_CASE("file: a path that cannot be examined is not taken for missing", "[io]") {
  const TempFolder folder;
  server_answers = false;
  const bool there = file_exists(folder / "none");
  server_answers = true;
  CHECK(there);
  CHECK_FALSE(file_exists(folder.write("a", "x") + "/below"));
  CHECK_FALSE(file_exists(folder / std::string(5000, 'x')));
}

TEST_CASE("file: path predicates", "[io]") {
  const TempFolder folder;
  const std::string path = folder.write("a", "x");
  std::filesystem::create_symlink("a", folder / "link");
  std::filesystem::create_hard_link(path, folder / "hard");
  folder.write("other", "x");
  CHECK(file_exists(path));
  CHECK_FALSE(file_exists(folder / "none"));
  CHECK(is_directory(folder.path()));
  CHECK_FALSE(is_directory(path));
  CHECK(same_file(path, folder / "link"));
  CHECK(same_file(path, folder / "hard"));
  CHECK(same_file(path, folder.path() + "/./a"));
  CHECK_FALSE(same_file(path, folder / "other"));
  CHECK_FALSE(same_file(folder / "none", folder / "none"));
  CHECK(join_path("a", "b") == "a/b");
  CHECK(join_path("a/", "b") == "a/b");
  CHECK(join_path("", "b") == "b");
}
