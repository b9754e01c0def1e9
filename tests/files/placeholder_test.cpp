// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/placeholder.h"

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string of(std::string_view text) { return placeholder_problem(as_bytes(text)); }

}  // namespace

TEST_CASE("placeholder: LFS pointers, HTML pages and server responses are detected in any file", "[io]") {
  CHECK_THAT(of("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), Contains("git lfs pull"));
  CHECK_THAT(of("<!DOCTYPE HTML PUBLIC>"), Contains("HTML page"));
  CHECK_THAT(of("\r\n\t<html lang=\"en\">"), Contains("HTML page"));
  CHECK_THAT(of("Entry not found"), Contains("\"Entry not found\""));
  CHECK_THAT(of("404: Not Found\nmore"), Contains("\"404: Not Found\""));
}

TEST_CASE("placeholder: regular model files are accepted", "[io]") {
  for (const char* text : {"", " ", "{}", "#version: 0.2\ni n\n", "{\"model_type\": \"clip\"}",
                           "<|startoftext|>", "version 3", "<h", "not", "a 404"}) {
    INFO(text);
    CHECK(of(text).empty());
  }
  CHECK(of("404 " + std::string(600, 'x')).empty());  // longer than any server response
}

TEST_CASE("placeholder: read_model_file returns the bytes of a real file and rejects a placeholder",
          "[io][error]") {
  const TempFolder folder;
  CHECK(as_text(read_model_file(folder.write("config.json", "{}"), 10)) == "{}");
  const Failure failure =
      error_of([&] { (void)read_model_file(folder.write("merges.txt", "Entry not found"), 99); });
  CHECK(failure.code == "MAGIC");
  CHECK(failure.message ==
        folder / "merges.txt" + ": contains only a server response, \"Entry not found\"; download it again");
  CHECK(error_of([&] { (void)read_model_file(folder / "merges.txt", 4); }).code == "LIMIT");
}
