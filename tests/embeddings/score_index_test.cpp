// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/score_index.h"

#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string written(const std::vector<std::string>& rows, const std::vector<std::string>& columns) {
  const TempFolder folder;
  OutputFile out(folder / "i", true);
  ScoreIndexWriter writer(out);
  for (const std::string& row : rows) writer.row(row);
  writer.end_rows();
  for (const std::string& column : columns) writer.column(column);
  writer.finish("logit");
  out.commit();
  return folder.read("i");
}

}  // namespace

TEST_CASE("score index: is named after its array", "[embeddings]") {
  CHECK(score_index_path_of("s.npy") == "s.index.json");
  CHECK(score_index_path_of("s") == "s.index.json");
}

TEST_CASE("score index: one object with the rows, the columns and the kind of values", "[embeddings]") {
  CHECK(written({"a.jpg", "b\"c.jpg"}, {"a cat", ""}) ==
        "{\"rows\":[\"a.jpg\",\"b\\\"c.jpg\"],\"columns\":[\"a cat\",\"\"],\"values\":\"logit\"}\n");
  CHECK(written({}, {}) == "{\"rows\":[],\"columns\":[],\"values\":\"logit\"}\n");
}

TEST_CASE("score index: labels that are not UTF-8 are also written in base64", "[embeddings]") {
  CHECK(written({"a", "\xFF.jpg", "c"}, {"x"}) ==
        "{\"rows\":[\"a\",\"\xEF\xBF\xBD.jpg\",\"c\"],\"rows_b64\":[null,\"/y5qcGc=\",null],"
        "\"columns\":[\"x\"],\"values\":\"logit\"}\n");
  CHECK(
      written({"a"}, {"\xFF"}) ==
      "{\"rows\":[\"a\"],\"columns\":[\"\xEF\xBF\xBD\"],\"columns_b64\":[\"/w==\"],\"values\":\"logit\"}\n");
}
