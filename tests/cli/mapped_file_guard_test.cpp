// SPDX-License-Identifier: Apache-2.0
#include "cli/mapped_file_guard.h"

#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>

#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/temp_folder.h"

using namespace sightline;
using sightline::app::install_mapped_file_guard;
using sightline::testing::ChildResult;
using sightline::testing::in_child;
using sightline::testing::TempFolder;

namespace {

/// A child process that reads a mapped file after it was truncated.
ChildResult read_truncated(const std::string& path, MappedContent content) {
  return in_child([&] {
    install_mapped_file_guard();
    const std::shared_ptr<const MappedFile> file = MappedFile::open(path, content);
    if (::truncate(path.c_str(), 0) != 0) return 77;
    const volatile std::byte* bytes = file->bytes().data();
    return static_cast<int>(bytes[10'000]);
  });
}

}  // namespace

TEST_CASE("guard: S31 weights truncated while in use end the program with a message and status 5") {
  const TempFolder folder;
  const std::string path = folder.write("w\n.safetensors", std::string(20'000, 'x'));
  const ChildResult result = read_truncated(path, MappedContent::weights);
  CHECK(result.exit_status == 5);
  CHECK(result.errors == "sightline: error[IO] " + (folder / "w?.safetensors") +
                             ": the weights were truncated while in use\n");
}

TEST_CASE("guard: stored embeddings truncated while they are read end it with status 4") {
  const TempFolder folder;
  const std::string path = folder.write("e.npy", std::string(20'000, 'x'));
  const ChildResult result = read_truncated(path, MappedContent::embeddings);
  CHECK(result.exit_status == 4);
  CHECK(result.errors == "sightline: error[TRUNC] " + path + ": was truncated while it was being read\n");
}

TEST_CASE("guard: a tokenizer truncated while it is read ends the program with a message and status 5") {
  const TempFolder folder;
  const std::string path = folder.write("tokenizer.json", std::string(20'000, 'x'));
  const ChildResult result = read_truncated(path, MappedContent::tokenizer);
  CHECK(result.exit_status == 5);
  CHECK(result.errors ==
        "sightline: error[IO] " + path + ": the tokenizer was truncated while it was being read\n");
}

TEST_CASE("guard: any other bus error keeps its effect") {
  const TempFolder folder;
  const std::string path = folder.write("w", std::string(20'000, 'x'));
  const ChildResult result = in_child([&] {
    install_mapped_file_guard();
    const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
    ::raise(SIGBUS);
    return 0;
  });
  CHECK(result.signal == SIGBUS);
}
