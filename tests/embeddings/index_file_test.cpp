// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/index_file.h"

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const Outcome kGood, kFailed = failed_outcome(ErrorCode::io, "");

std::string written(const TempFolder& folder, const std::vector<IndexRow>& rows) {
  OutputFile out(folder / "index", true);
  IndexWriter writer(out);
  for (const IndexRow& row : rows) writer.write(row);
  out.commit();
  return folder.read("index");
}

}  // namespace

TEST_CASE("index file: is named after its array", "[embeddings]") {
  CHECK(index_path_of("photos.npy") == "photos.index.jsonl");
  CHECK(index_path_of("a/b.c") == "a/b.c.index.jsonl");
}

TEST_CASE("index file: lines have the documented keys", "[embeddings]") {
  const TempFolder folder;
  const Outcome quoted = failed_outcome(ErrorCode::io, "x \"y\"");
  const std::vector<IndexRow> rows = {
      {.row = 0, .label_key = "path", .label = "a.jpg", .tokens = {}, .outcome = kGood},
      {.row = 1, .label_key = "text", .label = "a dog", .tokens = 4, .outcome = kGood},
      {.row = 2, .label_key = "text", .label = "l", .tokens = 77, .truncated = true, .outcome = kGood},
      {.row = 3, .label_key = "path", .label = "b", .tokens = {}, .outcome = quoted},
      {.row = {}, .label_key = "path", .label = "\xFF", .tokens = {}, .outcome = kFailed}};
  CHECK(
      written(folder, rows) ==
      "{\"row\":0,\"path\":\"a.jpg\",\"status\":\"ok\"}\n"
      "{\"row\":1,\"text\":\"a dog\",\"tokens\":4,\"truncated\":false,\"status\":\"ok\"}\n"
      "{\"row\":2,\"text\":\"l\",\"tokens\":77,\"truncated\":true,\"status\":\"ok\"}\n"
      "{\"row\":3,\"path\":\"b\",\"status\":\"skipped\",\"class\":\"IO\",\"message\":\"x \\\"y\\\"\"}\n"
      "{\"row\":null,\"path\":\"\xEF\xBF\xBD\",\"path_b64\":\"/w==\",\"status\":\"skipped\",\"class\":\"IO\","
      "\"message\":\"\"}\n");
  const std::vector<IndexEntry> entries = read_index(folder / "index", 4);
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].label == "a.jpg");
  CHECK(entries[1].label == "a dog");
  CHECK_FALSE(entries[1].truncated);
  CHECK(entries[2].truncated);
  CHECK(entries[2].outcome.ok());
  CHECK(entries[3].outcome == quoted);
}

TEST_CASE("index file: full lines have the file and the warnings of an input", "[embeddings]") {
  const TempFolder folder;
  const Digest128 hash = hash128(as_bytes("a"));
  const std::string hex = "a96faf705af16834e6c632b61e964e1f";
  const Outcome warned{{}, "", {"odd \"x\"", "two"}}, failed_with_warning{ErrorCode::io, "", {"odd"}};
  const auto row = [](std::int64_t number, const Outcome& outcome, bool full,
                      const std::optional<InputFile>& file) -> IndexRow {
    return {.row = number,
            .label_key = "path",
            .label = "a",
            .tokens = {},
            .outcome = outcome,
            .full = full,
            .file = file};
  };
  const std::vector<IndexRow> rows = {row(0, kGood, true, InputFile{1, 1700000000123456789, hash}),
                                      row(1, warned, true, InputFile{0, std::nullopt, hash}),
                                      row(2, failed_with_warning, false, InputFile{})};
  const std::string text = written(folder, rows);
  CHECK(text ==
        "{\"row\":0,\"path\":\"a\",\"status\":\"ok\",\"size\":1,\"mtime_ns\":1700000000123456789,"
        "\"xxh3\":\"" +
            hex +
            "\"}\n"
            "{\"row\":1,\"path\":\"a\",\"status\":\"ok\",\"size\":0,\"xxh3\":\"" +
            hex +
            "\",\"warnings\":[\"odd \\\"x\\\"\",\"two\"]}\n"
            "{\"row\":2,\"path\":\"a\",\"status\":\"skipped\",\"class\":\"IO\",\"message\":\"\"}\n");
  const IndexLine first = parse_index_line(text.substr(0, text.find('\n')), "s");
  CHECK(first.file == rows[0].file);
  CHECK(first.entry.outcome == kGood);
  const std::size_t begin = text.find('\n') + 1;
  const IndexLine second = parse_index_line(text.substr(begin, text.find('\n', begin) - begin), "s");
  CHECK(second.file == rows[1].file);
  CHECK(second.entry.outcome == warned);
  CHECK(read_index(folder / "index", 3)[2].outcome == kFailed);
}

TEST_CASE("index file: labels that are not UTF-8 round-trip exactly", "[output][property]") {
  const TempFolder folder;
  std::string label;
  for (int size = 0; size < 300; ++size) {
    (void)written(folder, {{.row = 0, .label_key = "path", .label = label, .tokens = {}, .outcome = kGood}});
    CHECK(read_index(folder / "index", 1).at(0).label == label);
    label += static_cast<char>(size * 7 + 200);
  }
}

TEST_CASE("index file: lines may end with CRLF or nothing, and an array may be empty", "[embeddings]") {
  const TempFolder folder;
  CHECK(read_index(folder.write("i", ""), 0).empty());
  CHECK(read_index(folder.write("i", "{\"row\":0,\"path\":\"a\"}\r\n{\"row\":1,\"text\":\"b\"}"), 2)
            .at(1)
            .label == "b");
}

TEST_CASE("index file: an index that does not describe the array is rejected with the line number",
          "[output][error]") {
  const TempFolder folder;
  const auto refusal = [&](const std::string& text, std::int64_t rows = 1) {
    return error_of([&] { (void)read_index(folder.write("i", text), rows); });
  };
  CHECK(refusal("{\"row\":0,\"path\":\"a\"}\n", 2) ==
        Failure{"MISMATCH", (folder / "i") + ": describes 1 rows, expected 2"});
  CHECK(refusal("{\"row\":1,\"path\":\"a\"}\n") ==
        Failure{"MISMATCH", (folder / "i") + ": line 1: row: is 1, expected 0"});
  CHECK(refusal("{\"row\":0,\"path\":\"a\"}\n\n", 1).code == "HEADER");
  CHECK(refusal("{\"row\":0}\n").code == "MISSING");
  CHECK(refusal("{\"path\":\"a\"}\n").code == "MISSING");
  CHECK(refusal("{\"row\":\"0\",\"path\":\"a\"}\n").code == "TYPE");
  CHECK(refusal("{\"row\":0,\"path\":7}\n").code == "TYPE");
  CHECK(refusal("{\"row\":0,\"path\":\"a\",\"path_b64\":\"?\"}\n").code == "HEADER");
  CHECK(refusal("{\"row\":0,\"path\":\"a\",\"path_b64\":\"????\"}\n").code == "HEADER");
  CHECK(refusal("{\"row\":0,\"path\":\"a\",\"path_b64\":\"YWJjZ\"}\n").code == "HEADER");
  CHECK(refusal("not json\n").message.starts_with((folder / "i") + ": line 1: is not JSON"));
  CHECK(error_of([&] { (void)read_index(folder / "none", 1); }).code == "MISSING");
}

TEST_CASE("index file: a class of another version is kept", "[embeddings]") {
  const TempFolder folder;
  const std::string line = R"({"row":0,"path":"a","status":"skipped","class":"LATER","message":"m"})"
                           "\n";
  const IndexEntry entry = parse_index_line(line, "s").entry;
  CHECK_FALSE(entry.outcome.ok());
  CHECK_FALSE(entry.outcome.code());
  CHECK(
      written(
          folder,
          {{.row = 0, .label_key = "path", .label = entry.label, .tokens = {}, .outcome = entry.outcome}}) ==
      line);
}
