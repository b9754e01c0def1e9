// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/table_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <limits>

#include "sightline/base/half.h"
#include "sightline/base/hash.h"
#include "sightline/containers/npy.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();

struct TestRow {
  std::string label;
  std::vector<float> values;
  Outcome outcome = {};
};

const std::vector<TestRow> kRows = {{"a.jpg", {0.1F, -2.0F, 1e-7F}},
                                    {"b,\"\n.jpg", {}, failed_outcome(ErrorCode::truncated, "ends early")},
                                    {"c\t\\.jpg", {1.0F, kNaN, 3.0F}}};

void write_rows(TableWriter& writer, const std::vector<TestRow>& rows, std::string_view key,
                std::optional<std::int64_t> count) {
  writer.begin(3, count);
  for (const TestRow& row : rows) writer.row({row.label, key, row.outcome, row.values});
  writer.finish();
}

std::string written(TableFormat format, const std::vector<TestRow>& rows, TableOptions options = {},
                    std::string_view key = "path") {
  const TempFolder folder;
  OutputFile out(folder / "out", false);
  write_rows(*make_table_writer(format, out, options), rows, key, std::nullopt);
  out.commit();
  return folder.read("out");
}

NpyArray read_back(const std::string& bytes) {
  const TempFolder folder;
  return read_npy(folder.write("a.npy", bytes));
}

}  // namespace

TEST_CASE("table writer: formats and their extensions", "[output]") {
  for (const TableFormatInfo& format : table_formats()) {
    CHECK(format.extension == "." + std::string(format.format == TableFormat::text ? "txt" : format.name));
    const bool rankings_only = format.format == TableFormat::text || format.format == TableFormat::html;
    CHECK((format.make_writer == nullptr) == rankings_only);
  }
  const TempFolder folder;
  OutputFile out(folder / "out", false);
  CHECK(error_of([&] { (void)make_table_writer(TableFormat::text, out, {}); }).code == "USAGE");
}

TEST_CASE("table writer: jsonl has one object per row, json the same objects in one array", "[output]") {
  const std::string a = R"({"path":"a.jpg","status":"ok","embedding":[0.1,-2,1e-07]})";
  const std::string b = R"({"path":"b,\"\n.jpg","status":"skipped","class":"TRUNC","message":"ends early"})";
  const std::string c = R"({"path":"c\t\\.jpg","status":"ok","embedding":[1,null,3]})";
  CHECK(written(TableFormat::jsonl, kRows) == a + "\n" + b + "\n" + c + "\n");
  CHECK(written(TableFormat::json, kRows) == "[\n" + a + ",\n" + b + ",\n" + c + "\n]\n");
  CHECK(written(TableFormat::json, {}) == "[]\n");
  CHECK(written(TableFormat::jsonl, {}).empty());
  CHECK(written(TableFormat::jsonl, {{"a dog", {1, 2, 3}}}, {}, "text") ==
        "{\"text\":\"a dog\",\"status\":\"ok\",\"embedding\":[1,2,3]}\n");
}

TEST_CASE("table writer: a path that is not UTF-8 is also written in base64", "[output]") {
  CHECK(
      written(TableFormat::jsonl, {{"\xFF.jpg", {1, 2, 3}}}) ==
      "{\"path\":\"\xEF\xBF\xBD.jpg\",\"path_b64\":\"/y5qcGc=\",\"status\":\"ok\",\"embedding\":[1,2,3]}\n");
}

TEST_CASE("table writer: csv and tsv start with the names of the columns", "[output]") {
  CHECK(written(TableFormat::csv, {}) == "path,e0,e1,e2\r\n");
  CHECK(written(TableFormat::tsv, {}, {.label_key = "text"}) == "text\te0\te1\te2\n");
  CHECK(written(TableFormat::csv, {{"b", {}, failed_outcome(ErrorCode::io, "")}}, {.drop_bad = true}) ==
        "path,e0,e1,e2\r\n");
}

TEST_CASE("table writer: csv is RFC 4180, tsv escapes", "[output]") {
  CHECK(written(TableFormat::csv, kRows) ==
        "path,e0,e1,e2\r\na.jpg,0.1,-2,1e-07\r\n\"b,\"\"\n.jpg\",,,\r\nc\t\\.jpg,1,,3\r\n");
  CHECK(written(TableFormat::tsv, kRows) ==
        "path\te0\te1\te2\na.jpg\t0.1\t-2\t1e-07\nb,\"\\n.jpg\t\t\t\nc\\t\\\\.jpg\t1\t\t3\n");
  CHECK(written(TableFormat::csv, kRows, {.drop_bad = true}) ==
        "path,e0,e1,e2\r\na.jpg,0.1,-2,1e-07\r\nc\t\\.jpg,1,,3\r\n");
}

TEST_CASE("table writer: F01 hostile names round-trip through csv and tsv", "[output][property]") {
  const std::string name =
      GENERATE("new\nline", "t\tab", "qu\"ote", "\x1b[31mred", "*", "-rf", "=cmd|' /C calc'!A0",
               "\xF0\x9F\x98\x80", "\xFF\xFE", "cr\r", "\\n", ",", "");
  std::string tsv = written(TableFormat::tsv, {{name, {1, 2, 3}}});
  tsv.erase(0, tsv.find('\n') + 1);
  REQUIRE(tsv.ends_with("\t1\t2\t3\n"));
  std::string field = tsv.substr(0, tsv.size() - 7), back;
  CHECK(field.find_first_of("\t\n\r") == std::string::npos);
  for (std::size_t i = 0; i < field.size(); ++i) {
    const char next = field[i] == '\\' ? field[++i] : '\0';
    back += next == '\0' ? field[i] : next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
  }
  CHECK(back == name);

  std::string csv = written(TableFormat::csv, {{name, {1, 2, 3}}});
  csv.erase(0, csv.find('\n') + 1);
  REQUIRE(csv.ends_with(",1,2,3\r\n"));
  field = csv.substr(0, csv.size() - 8);
  if (field.starts_with('"')) {
    back.clear();
    for (std::size_t i = 1; i + 1 < field.size(); ++i) {
      back += field[i];
      if (field[i] == '"') ++i;
    }
    field = back;
  }
  CHECK(field == name);
}

TEST_CASE("table writer: npy holds the bytes that numpy writes", "[output][golden]") {
  // numpy 2.4: np.save of float32 [[1, 2, 3], [0, 0, 0]]
  std::string expected("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
                       69);
  expected.resize(127, ' ');
  expected += '\n';
  const float values[] = {1, 2, 3, 0, 0, 0};
  expected.append(reinterpret_cast<const char*>(values), sizeof(values));
  CHECK(written(TableFormat::npy, {{"a", {1, 2, 3}}, {"b", {}, failed_outcome(ErrorCode::io, "gone")}}) ==
        expected);
}

TEST_CASE("table writer: O14 the header of an npy states the number of rows written", "[output]") {
  const std::size_t count = GENERATE(0U, 1U, 65'536U);
  const bool half = GENERATE(false, true);
  std::vector<TestRow> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back({"r", {static_cast<float>(i), 1, 2}});
  const std::string bytes = written(TableFormat::npy, rows, {.half = half});
  REQUIRE(bytes.size() == 128 + count * (half ? 6 : 12));
  const TempFolder folder;
  const NpyFile npy = NpyFile::open(folder.write("a.npy", bytes));
  CHECK(npy.rows() == static_cast<std::int64_t>(count));
  CHECK(npy.columns() == 3);
  if (count > 1) {
    std::vector<float> row(3);
    npy.read_row(2048, row);
    CHECK(row == std::vector<float>{2048, 1, 2});
  }
  if (!half) CHECK(read_back(bytes).shape == std::vector<std::int64_t>{static_cast<std::int64_t>(count), 3});
}

TEST_CASE("table writer: a failed row of an npy is zeros, or omitted on request", "[output]") {
  const std::vector<TestRow> rows = {
      {"a", {1, 2, 3}}, {"b", {}, failed_outcome(ErrorCode::truncated, "x")}, {"c", {4, 5, 6}}};
  CHECK(read_back(written(TableFormat::npy, rows)).floats == std::vector<float>{1, 2, 3, 0, 0, 0, 4, 5, 6});
  CHECK(read_back(written(TableFormat::npy, rows, {.drop_bad = true})).floats ==
        std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("table writer: an npy to a pipe is buffered unless the number of rows is known", "[output]") {
  const std::optional<std::int64_t> promised =
      GENERATE(std::optional<std::int64_t>(), std::optional<std::int64_t>(2));
  const TempFolder folder;
  const std::string target = folder.write("out", "");
  const ChildResult result = in_child([&] {
    ::dup2(::open(target.c_str(), O_WRONLY | O_APPEND), STDOUT_FILENO);
    OutputFile out("-", false);
    write_rows(*make_table_writer(TableFormat::npy, out, {}), {{"a", {1, 2, 3}}, {"b", {4, 5, 6}}}, "path",
               promised);
    out.commit();
    return 0;
  });
  CHECK(result.exit_status == 0);
  const NpyArray array = read_back(folder.read("out"));
  CHECK(array.shape == std::vector<std::int64_t>{2, 3});
  CHECK(array.floats == std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("table writer: rows of the wrong width or number are rejected", "[output][error]") {
  const TempFolder folder;
  OutputFile out(folder / "a", false);
  const auto writer = make_table_writer(TableFormat::npy, out, {});
  writer->begin(3, 2);
  const std::vector<float> values = {1, 2};
  CHECK(error_of([&] {
          writer->row({"x", "path", Outcome(), values});
        }) == Failure{"MISMATCH", "x: has 2 values, expected 3"});
  CHECK(error_of([&] { writer->finish(); }).code == "MISMATCH");
}

TEST_CASE("table writer: .npy hashes the bytes after its header", "[output]") {
  for (const bool half : {false, true}) {
    for (const bool drop_bad : {false, true}) {
      Hash128 hash, expected;
      const std::string file =
          written(TableFormat::npy, kRows, {.half = half, .drop_bad = drop_bad, .rows_hash = &hash});
      expected.update(as_bytes(std::string_view(file).substr(kNpyHeaderBytes)));
      CHECK(file.size() > kNpyHeaderBytes);
      CHECK(hash.hex() == expected.hex());
    }
  }
}
