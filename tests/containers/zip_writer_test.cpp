// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/zip_writer.h"

#include "sightline/containers/zip.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

std::string written(const Members& members) {
  const TempFolder folder;
  OutputFile out(folder / "a.zip", false);
  ZipWriter zip(out);
  for (const auto& [name, content] : members) zip.add(name, as_bytes(content));
  zip.finish();
  out.commit();
  return folder.read("a.zip");
}

}  // namespace

TEST_CASE("zip writer: members are read as they were written, at multiples of 64", "[containers]") {
  const Members members = {{"a/data.pkl", "pickle"},
                           {"a/data/0", std::string(1000, 'x')},
                           {"a/data/1", ""},
                           {"a/" + std::string(61, 'n'), std::string(64, '\0')},
                           {"a/version", "3\n"}};
  const std::string file = written(members);
  CHECK(file == written(members));
  const ZipArchive archive(as_bytes(file), "a.zip");
  REQUIRE(archive.entries().size() == members.size());
  for (const auto& [name, content] : members) {
    const ZipEntry* entry = archive.find(name);
    REQUIRE(entry != nullptr);
    CHECK(entry->offset % 64 == 0);
    CHECK(as_text(archive.read(*entry, 1 << 20).bytes) == content);
  }
}

TEST_CASE("zip writer: more members than 16 bits can count need a zip64 record", "[containers]") {
  Members members;
  for (int i = 0; i < 65'600; ++i) members.emplace_back(std::to_string(i), "");
  const std::string file = written(members);
  CHECK(ZipArchive(as_bytes(file), "a.zip").entries().size() == members.size());
}

TEST_CASE("zip writer: a name that is too long is refused", "[containers][error]") {
  CHECK(error_of([] { (void)written({{std::string(1 << 16, 'n'), ""}}); }).code == "LIMIT");
}
