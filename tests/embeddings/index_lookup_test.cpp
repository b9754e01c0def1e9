// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/index_lookup.h"

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string path_of(std::int64_t row) {
  return "images/" + std::string(static_cast<std::size_t>(row % 90), 'x') + std::to_string(row) + ".jpg";
}

/// Before each row whose number is a multiple of `gap`, there are up to `left_out` lines of rows that were
/// left out of the array.
std::string index_text(std::int64_t rows, std::int64_t gap, std::int64_t left_out) {
  std::string text;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; row % gap == 0 && i < row % (left_out + 1); ++i)
      text += "{\"row\":null,\"path\":\"gone\",\"status\":\"skipped\",\"class\":\"IO\",\"message\":\"m\"}\n";
    text += "{\"row\":" + std::to_string(row) + ",\"path\":\"" + path_of(row) + "\",\"status\":\"ok\"}\n";
  }
  return text;
}

}  // namespace

TEST_CASE("index lookup: finds every row, among lines of rows that were left out", "[embeddings]") {
  const TempFolder folder;
  for (const std::int64_t rows : {1, 2, 50, 1500}) {
    for (const std::int64_t left_out : {0, 3, 200}) {
      folder.write("index", index_text(rows, 13, left_out));
      const IndexLookup index(folder / "index", rows);
      bool equal = true;
      for (std::int64_t row = 0; row < rows; ++row) equal = equal && index.find(row).label == path_of(row);
      CHECK(equal);
      CHECK(std::ssize(index.read_all()) == rows);
    }
  }
}

TEST_CASE("index lookup: lines at the end that name no row, and a last line without an end", "[embeddings]") {
  const TempFolder folder;
  std::string text = index_text(300, 1000, 0);
  for (int i = 0; i < 200; ++i) text += "{\"row\":null,\"path\":\"gone\",\"status\":\"skipped\"}\n";
  text.pop_back();
  folder.write("index", text);
  CHECK(IndexLookup(folder / "index", 300).find(299).label == path_of(299));
}

TEST_CASE("index lookup: another number of rows is reported as by read_index", "[embeddings]") {
  const TempFolder folder;
  folder.write("index", index_text(500, 7, 2));
  for (const std::int64_t rows : {0, 1, 499, 501, 5000}) {
    const auto found = error_of([&] { IndexLookup(folder / "index", rows); });
    CHECK(found.code == "MISMATCH");
  }
  folder.write("index", "");
  CHECK(error_of([&] { IndexLookup(folder / "index", 1); }).code == "MISMATCH");
}

TEST_CASE("index lookup: a damaged line is an error when it is needed", "[embeddings]") {
  const TempFolder folder;
  std::string text = index_text(2000, 5000, 0);
  const std::size_t line = text.find("{\"row\":700,");
  text[line] = '?';
  folder.write("index", text);
  const IndexLookup index(folder / "index", 2000);
  CHECK(index.find(1900).label == path_of(1900));
  const auto error = error_of([&] { (void)index.find(700); });
  CHECK(error.code == "HEADER");
  CHECK(error.message.find("line 701") != std::string::npos);
}
