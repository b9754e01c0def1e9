// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/list_hash.h"

#include <set>

#include "support/catch.h"

using namespace sightline;

namespace {

std::string hash_of(const std::vector<std::string>& labels) {
  ListHash hash;
  for (const std::string& label : labels) hash.add(label);
  return hash.hex();
}

}  // namespace

TEST_CASE("list hash: depends on every label, their borders, order and number", "[embeddings]") {
  const std::vector<std::vector<std::string>> lists = {
      {}, {""}, {"", ""}, {"a"}, {"a", ""}, {"ab"}, {"a", "b"}, {"b", "a"}, {"a\n"}, {"a", "b", "a"}};
  std::set<std::string> hashes;
  for (const auto& list : lists) {
    CHECK(hash_of(list) == hash_of(list));
    CHECK(is_hash128(hash_of(list)));
    hashes.insert(hash_of(list));
  }
  CHECK(hashes.size() == lists.size());
}

TEST_CASE("list hash: depends on the size and the time of a file", "[embeddings]") {
  const auto file = [](std::string_view path, std::int64_t size, std::int64_t mtime_ns) {
    ListHash hash;
    hash.add(path, size, mtime_ns);
    return hash.hex();
  };
  const std::set<std::string> hashes = {file("a", 0, 0),  file("a", 1, 0), file("a", 0, 1),
                                        file("a", 0, -1), file("b", 0, 0), hash_of({"a"})};
  CHECK(hashes.size() == 6);
  CHECK(file("a", 1, 2) == file("a", 1, 2));
}

TEST_CASE("list hash: is the same in every version and on every machine", "[embeddings]") {
  ListHash hash;
  hash.add("a.jpg");
  hash.add("b.jpg", 1234, 1'700'000'000'123'456'789);
  CHECK(hash.hex() == "6f777ccf07f6e574f65100bc64df3d78");
}
