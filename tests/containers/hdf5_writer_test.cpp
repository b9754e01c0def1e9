// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5_writer.h"

#include <numeric>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

Hdf5NewDataset dataset(std::string path, std::string bytes, Hdf5Attributes attributes = {}) {
  return {.path = std::move(path),
          .type = Hdf5Type::u8,
          .element_bytes = 1,
          .shape = {static_cast<std::int64_t>(bytes.size())},
          .attributes = std::move(attributes),
          .write = [bytes](OutputFile& out) { out.write(bytes); }};
}

std::string written(const TempFolder& folder, const std::vector<Hdf5NewDataset>& datasets,
                    const std::vector<Hdf5Group>& groups = {}) {
  {
    OutputFile out(folder / "w", true);
    write_hdf5(out, datasets, groups);
    out.commit();
  }
  return folder.read("w");
}

}  // namespace

TEST_CASE("hdf5 writer: a file round-trips", "[io][property]") {
  const TempFolder folder;
  const std::string file =
      written(folder,
              {dataset("b/c/0", "some bytes", {{"dtype", "text"}, {"empty", ""}}), dataset("b/c/1", "more"),
               dataset("a", ""), dataset("b/d", "x")},
              {{"b/c", {{"name", "the name, \u00e9"}}}, {"g/h", {}}, {"", {{"root", "yes"}}}});
  const Hdf5Contents contents = parse_hdf5(as_bytes(file), "w");
  std::vector<std::string> groups;
  for (const Hdf5Group& group : contents.groups) groups.push_back(group.path);
  CHECK(groups == std::vector<std::string>{"", "b", "b/c", "g", "g/h"});
  CHECK(contents.groups[0].attributes.at("root") == "yes");
  CHECK(contents.groups[2].attributes.at("name") == "the name, \u00e9");
  REQUIRE(contents.datasets.size() == 4);
  CHECK(contents.datasets[0].path == "a");
  CHECK(contents.datasets[0].bytes.empty());
  CHECK(contents.datasets[1].path == "b/c/0");
  CHECK(as_text(contents.datasets[1].bytes) == "some bytes");
  CHECK(contents.datasets[1].attributes.at("dtype") == "text");
  CHECK(contents.datasets[1].attributes.at("empty").empty());
  CHECK(as_text(contents.datasets[2].bytes) == "more");
  CHECK(as_text(contents.datasets[3].bytes) == "x");
  for (const Hdf5Dataset& read : contents.datasets) {
    CHECK((read.bytes.empty() || (read.bytes.data() - as_bytes(file).data()) % 8 == 0));
  }
}

TEST_CASE("hdf5 writer: all types and shapes", "[io][property]") {
  const TempFolder folder;
  const int index = GENERATE(range(0, 13));
  const auto type = static_cast<Hdf5Type>(index);
  constexpr std::array<std::int64_t, 13> kBytes = {8, 4, 2, 2, 8, 4, 2, 1, 8, 4, 2, 1, 5};
  const std::int64_t bytes = kBytes[static_cast<std::size_t>(index)];
  const std::vector<std::int64_t> shape =
      GENERATE(std::vector<std::int64_t>{}, std::vector<std::int64_t>{2, 3},
               std::vector<std::int64_t>{4, 0, 2}, std::vector<std::int64_t>{1, 1, 1, 1, 1, 1, 1, 2});
  std::int64_t elements = 1;
  for (const std::int64_t size : shape) elements *= size;
  std::string content(static_cast<std::size_t>(elements * bytes), '\0');
  std::iota(content.begin(), content.end(), '\x01');
  const std::string file = written(folder, {{.path = "d",
                                             .type = type,
                                             .element_bytes = bytes,
                                             .shape = shape,
                                             .attributes = {},
                                             .write = [&](OutputFile& out) { out.write(content); }}});
  const Hdf5Contents contents = parse_hdf5(as_bytes(file), "w");
  REQUIRE(contents.datasets.size() == 1);
  CHECK(hdf5_type_name(contents.datasets[0].type) == hdf5_type_name(type));
  CHECK(contents.datasets[0].element_bytes == bytes);
  CHECK(contents.datasets[0].shape == shape);
  CHECK(as_text(contents.datasets[0].bytes) == content);
}

TEST_CASE("hdf5 writer: groups with more links than a default tree holds", "[io]") {
  const TempFolder folder;
  const int count = GENERATE(8, 9, 256, 257, 3000);
  std::vector<Hdf5NewDataset> datasets;
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(10'000 + i);
    datasets.push_back(dataset(name, name, {{"name", std::string(static_cast<std::size_t>(i % 70), 'n')}}));
  }
  const std::string file = written(folder, datasets);
  const Hdf5Contents contents = parse_hdf5(as_bytes(file), "w");
  REQUIRE(contents.datasets.size() == datasets.size());
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    if (as_text(contents.datasets[i].bytes) != datasets[i].path) FAIL("dataset " << i);
    if (contents.datasets[i].attributes.at("name").size() != i % 70) FAIL("attribute " << i);
  }
}

TEST_CASE("hdf5 writer: the output does not depend on the order of the datasets", "[io][property]") {
  const TempFolder folder;
  const std::vector<Hdf5NewDataset> there = {dataset("a/0", "first"), dataset("a/1", "second"),
                                             dataset("b", "third")};
  const std::vector<Hdf5NewDataset> back(there.rbegin(), there.rend());
  CHECK(written(folder, there) == written(folder, back));
}

TEST_CASE("hdf5 writer: rejects invalid paths and wrong numbers of bytes", "[io][error]") {
  const TempFolder folder;
  const auto code = [&](const std::vector<Hdf5NewDataset>& datasets, const std::vector<Hdf5Group>& groups) {
    return error_of([&] { written(folder, datasets, groups); }).code;
  };
  CHECK(code({dataset("a", "x"), dataset("a", "y")}, {}) == "DUP");
  CHECK(code({dataset("a", "x"), dataset("a/b", "y")}, {}) == "DUP");
  CHECK(code({dataset("a/b", "x"), dataset("a", "y")}, {}) == "DUP");
  CHECK(code({dataset("a", "x")}, {{"a", {}}}) == "DUP");
  CHECK(code({dataset("", "x")}, {}) == "DUP");
  CHECK(code({dataset("a//b", "x")}, {}) == "HEADER");
  CHECK(code({dataset("/a", "x")}, {}) == "HEADER");
  CHECK(code({dataset("../a", "x")}, {}) == "HEADER");
  CHECK(code({dataset(std::string("a\0b", 3), "x")}, {}) == "HEADER");
  Hdf5NewDataset wrong = dataset("a", "xy");
  wrong.shape = {3};
  CHECK(code({wrong}, {}) == "MISMATCH");
  wrong.shape = {INT64_MAX, 3};
  CHECK(code({wrong}, {}) == "RANGE");
  CHECK(code({dataset("a", "x", {{std::string(70'000, 'n'), "v"}})}, {}) == "LIMIT");
  CHECK(folder.entries() == 0);
}
