// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/mapped_lines.h"

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("mapped lines: are read in order, with their numbers", "[embeddings]") {
  const TempFolder folder;
  MappedLines lines(folder.write("f", "a\n\nlast"));
  CHECK(lines.next() == "a");
  CHECK(lines.number() == 1);
  CHECK(lines.is_terminated());
  CHECK(lines.next() == "");
  CHECK(lines.place() == (folder / "f") + ": line 2");
  CHECK(lines.next() == "last");
  CHECK_FALSE(lines.is_terminated());
  CHECK_FALSE(lines.next());
  CHECK(lines.number() == 3);
}

TEST_CASE("mapped lines: an empty file has none, and a missing file is an error", "[embeddings]") {
  const TempFolder folder;
  CHECK_FALSE(MappedLines(folder.write("f", "")).next());
  CHECK(MappedLines(folder.write("f", "\n")).next() == "");
  CHECK(error_of([&] { MappedLines lines(folder / "none"); }).code == "MISSING");
}

TEST_CASE("mapped lines: the hash is that of the bytes that were read", "[embeddings]") {
  const TempFolder folder;
  for (const std::string text : {"", "a\n\nlast", "a\nb\n"}) {
    MappedLines lines(folder.write("f", text));
    Hash128 hash;
    lines.update_hash(&hash);
    while (lines.next()) continue;
    CHECK(hash.digest() == hash128(as_bytes(text)));
  }
}

TEST_CASE("mapped lines: a large file is read whole while its parts are released", "[embeddings]") {
  const TempFolder folder;
  std::string text;
  constexpr std::int64_t kLines = 100'000;
  for (std::int64_t i = 0; i < kLines; ++i) text += std::to_string(i) + std::string(80, 'x') + "\n";
  MappedLines lines(folder.write("f", text));
  std::int64_t count = 0;
  while (const auto line = lines.next()) {
    const std::string expected = std::to_string(count++) + std::string(80, 'x');
    if (*line != expected) FAIL("line " << count);
  }
  CHECK(count == kLines);
}
