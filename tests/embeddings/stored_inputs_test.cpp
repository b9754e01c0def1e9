// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/stored_inputs.h"

#include "sightline/base/half.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

Digest128 content(const std::string& text) { return hash128(as_bytes(text)); }

struct Input {
  std::string label;
  std::optional<InputFile> file = {};
  std::string error_class = {};
  std::vector<std::string> warnings = {};
};

EmbeddingsInfo info_of(std::int64_t rows) {
  return {.program = "p",
          .model = {"m", "0123456789abcdef0123456789abcdef", "clip"},
          .modality = Modality::image,
          .preprocess = R"({"a":1})",
          .normalized = false,
          .dtype = "float32",
          .rows = rows,
          .width = 2,
          .precision = "float32, auto",
          .computation = 1};
}

/// Writes an array whose row i is {i, 0.5}, with index and info. Returns its path.
std::string write_run(const TempFolder& folder, const std::vector<Input>& inputs,
                      const std::function<void(EmbeddingsInfo&)>& change = {}) {
  const std::string path = folder / "old.npy";
  OutputFile array(path, true), index(index_path_of(path), true), info_file(info_path_of(path), true);
  IndexWriter writer(index);
  Hash128 hash;
  index.update_hash(&hash);
  std::string rows;
  for (const Input& input : inputs) {
    const auto row = static_cast<std::int64_t>(rows.size() / 8);
    Outcome outcome{{}, "", input.warnings};
    if (!input.error_class.empty()) outcome.error = ErrorClass(input.error_class);
    IndexRow line{.row = row,
                  .label_key = "path",
                  .label = input.label,
                  .tokens = {},
                  .outcome = outcome,
                  .full = true,
                  .file = input.file};
    if (input.error_class == "DROPPED") {
      line.row.reset();
    } else {
      const float values[] = {static_cast<float>(row), 0.5F};
      rows += as_text(std::as_bytes(std::span(values)));
    }
    writer.write(line);
  }
  EmbeddingsInfo info = info_of(static_cast<std::int64_t>(rows.size() / 8));
  array.write(npy_header(info.rows, info.width, false) + rows);
  info.xxh3 = hex_of(hash128(as_bytes(rows)));
  info.index_xxh3 = hash.hex();
  if (change) change(info);
  write_info(info_file, info);
  for (OutputFile* file : {&array, &index, &info_file}) file->commit();
  return path;
}

std::vector<Input> example() {
  return {{"a.jpg", InputFile{10, 100, content("a")}},
          {"b.jpg", InputFile{10, 200, content("b")}, {}, {"odd"}},
          {"c.jpg", InputFile{10, 300, content("c")}, "CORRUPT"},
          {"gone.jpg", InputFile{10, 350, content("d")}, "DROPPED"},
          {"x.tar/a.jpg", InputFile{10, std::nullopt, content("a")}},
          {"\xFF.jpg", InputFile{0, -5, content("e")}},
          {"-"}};
}

std::optional<std::int64_t> row_of(const std::optional<StoredInput>& found) {
  return found ? std::optional(found->row) : std::nullopt;
}

}  // namespace

TEST_CASE("stored inputs: are found by path, size and time, and by content", "[embeddings]") {
  const TempFolder folder;
  const StoredInputs stored(write_run(folder, example()));
  CHECK(stored.has_files());
  CHECK(row_of(stored.find("a.jpg", {10, 100})) == 0);
  CHECK(row_of(stored.find("b.jpg", {10, 200})) == 1);
  CHECK(row_of(stored.find("\xFF.jpg", {0, -5})) == 4);
  CHECK_FALSE(stored.find("a.jpg", {11, 100}));
  CHECK_FALSE(stored.find("a.jpg", {10, 101}));
  CHECK_FALSE(stored.find("A.jpg", {10, 100}));
  CHECK_FALSE(stored.find("", {0, 0}));
  CHECK_FALSE(stored.find("x.tar/a.jpg", {10, 0}));  // a member has no time
  CHECK_FALSE(stored.find("-", {0, 0}));
  CHECK(row_of(stored.find(content("a"))) == 0);  // the first one
  CHECK(row_of(stored.find(content("e"))) == 4);
  CHECK_FALSE(stored.find(content("c")));  // its row has no embedding
  CHECK_FALSE(stored.find(content("d")));
  CHECK_FALSE(stored.find(content("other")));
  const std::optional<StoredInput> found = stored.find("b.jpg", {10, 200});
  REQUIRE(found);
  CHECK(found->file == InputFile{10, 200, content("b")});
  CHECK(stored.warnings(*found) == std::vector<std::string>{"odd"});
  float values[2] = {};
  stored.read_row(*found, values);
  CHECK(values[0] == 1.0F);
  CHECK(values[1] == 0.5F);
  CHECK(stored.warnings(*stored.find(content("a"))).empty());
}

TEST_CASE("stored inputs: rows with warnings are left on demand", "[embeddings]") {
  const TempFolder folder;
  const StoredInputs stored(write_run(folder, example()), StoredInputs::Warned::leave);
  CHECK_FALSE(stored.find("b.jpg", {10, 200}));
  CHECK_FALSE(stored.find(content("b")));
  CHECK(row_of(stored.find(content("a"))) == 0);
}

TEST_CASE("stored inputs: many lines in any order are all found", "[embeddings][property]") {
  const TempFolder folder;
  std::vector<Input> inputs;
  for (std::int64_t i = 0; i < 2000; ++i) {
    const std::string name = std::to_string(i * 7919 % 2000);
    inputs.push_back({name, InputFile{i, i, content(std::to_string(i % 500))}});
  }
  const StoredInputs stored(write_run(folder, inputs));
  for (std::int64_t i = 0; i < 2000; ++i) {
    const Input& input = inputs[static_cast<std::size_t>(i)];
    REQUIRE(row_of(stored.find(input.label, {i, i})) == i);
    REQUIRE(row_of(stored.find(input.file->xxh3)) == i % 500);
  }
}

TEST_CASE("stored inputs: the reading can be ended", "[embeddings]") {
  const TempFolder folder;
  const std::string path = write_run(folder, example());
  int calls = 0;
  const StoredInputs stored(path, StoredInputs::Warned::use, [&] { ++calls; });
  CHECK(calls == 2);  // the index, and the rows
  CHECK_THROWS_AS(StoredInputs(path, StoredInputs::Warned::use, [] { throw 1; }), int);
}

TEST_CASE("stored inputs: rows without an input are gone", "[embeddings]") {
  const TempFolder folder;
  const StoredInputs stored(write_run(folder, example()));
  GoneRows none(stored);
  CHECK(none.count() == 5);
  GoneRows some(stored);
  some.add("new name.jpg", InputFile{1, 1, content("a")});  // both rows with this content are there
  CHECK(some.count() == 3);
  some.add("a.jpg", InputFile{10, 100, content("a")});
  some.add("a.jpg", InputFile{10, 100, content("changed")});
  some.add("b.jpg", std::nullopt);  // its content is not known
  CHECK(some.count() == 3);
  some.add("-", std::nullopt);
  CHECK(some.count() == 2);
  some.add("y", InputFile{1, 1, content("b")});
  some.add("z", InputFile{1, 1, content("e")});
  CHECK(some.count() == 0);
}

TEST_CASE("stored inputs: a plain index has rows and no files", "[embeddings]") {
  const TempFolder folder;
  const StoredInputs stored(write_run(folder, {{"a.jpg"}, {"b.jpg"}, {"a.jpg"}}));
  CHECK_FALSE(stored.has_files());
  CHECK_FALSE(stored.find("a.jpg", {0, 0}));
  CHECK_FALSE(stored.find(content("a")));
  GoneRows gone(stored);
  gone.add("a.jpg", InputFile{1, 1, content("a")});
  CHECK(gone.count() == 1);
}

TEST_CASE("stored inputs: rows of another computation are refused by name", "[embeddings][error]") {
  const TempFolder folder;
  const EmbeddingsInfo run = info_of(0);
  const auto refusal = [&](const std::function<void(EmbeddingsInfo&)>& change, const EmbeddingsInfo& now) {
    return error_of([&] {
      const StoredInputs stored(write_run(folder, example(), change));
      stored.require_same_computation(now);
    });
  };
  const std::string path = folder / "old.npy", again = path + ": has rows that cannot be used again: ";
  CHECK(refusal({}, run) == Failure{});
  CHECK(refusal([](EmbeddingsInfo& info) { info.model.name = "other"; }, run) == Failure{});
  CHECK(refusal([](EmbeddingsInfo& info) { info.model.fingerprint[0] = '9'; }, run) ==
        Failure{"MISMATCH", again + "the model's fingerprint was '9123456789abcdef0123456789abcdef', is now "
                                    "'0123456789abcdef0123456789abcdef'"});
  CHECK(
      refusal([](EmbeddingsInfo& info) { info.preprocess = "{}", info.precision = "bfloat16, auto"; }, run) ==
      Failure{"MISMATCH",
              again + "the preprocessing differs; precision was 'bfloat16, auto', is now 'float32, auto'"});
  EmbeddingsInfo other = run;
  other.normalized = true;
  CHECK(refusal({}, other) == Failure{"MISMATCH", again + "normalized was 'no', is now 'yes'"});
  other = run;
  other.width = 3;
  CHECK(refusal({}, other) == Failure{"MISMATCH", again + "the width of the rows was '2', is now '3'"});
  CHECK(refusal([](EmbeddingsInfo& info) { info.computation = 2; }, run) ==
        Failure{"MISMATCH", again + "the version of the computation was '2', is now '1'"});
  CHECK(refusal([](EmbeddingsInfo& info) { info.modality = Modality::text; }, run) ==
        Failure{"MISMATCH", path + ": contains embeddings of texts"});
  const auto untold =
      Failure{"MISSING", (folder / "old.info.json") +
                             ": does not state the precision and the version of the computation"};
  CHECK(refusal([](EmbeddingsInfo& info) { info.precision.clear(); }, run) == untold);
  CHECK(refusal([](EmbeddingsInfo& info) { info.computation.reset(); }, run) == untold);
}

TEST_CASE("stored inputs: float32 rows serve float16, but not the reverse", "[embeddings][error]") {
  const TempFolder folder;
  EmbeddingsInfo run = info_of(0);
  run.dtype = "float16";
  const StoredInputs stored(write_run(folder, example()));
  stored.require_same_computation(run);

  const std::uint16_t half[] = {float_to_half(1.5F), float_to_half(2.0F)};
  const std::string rows(as_text(std::as_bytes(std::span(half))));
  folder.write("old.npy", npy_header(1, 2, true) + rows);
  folder.write("old.index.jsonl", R"({"row":0,"path":"a","status":"ok"})");
  OutputFile out(folder / "old.info.json", true);
  EmbeddingsInfo info = info_of(1);
  info.dtype = "float16";
  write_info(out, info);
  out.commit();
  const StoredInputs halves(folder / "old.npy");
  halves.require_same_computation(run);
  run.dtype = "float32";
  CHECK(error_of([&] { halves.require_same_computation(run); }) ==
        Failure{"MISMATCH", (folder / "old.npy") + ": contains float16, expected float32"});
}

TEST_CASE("stored inputs: damaged files are refused", "[embeddings][error]") {
  const TempFolder folder;
  const std::string path = write_run(folder, example());
  const std::string array = folder.read("old.npy"), index = folder.read("old.index.jsonl");
  const auto refusal = [&] { return error_of([&] { const StoredInputs stored(path); }); };
  CHECK(refusal() == Failure{});
  folder.write("old.npy", array.substr(0, array.size() - 1));
  CHECK(refusal().code == "TRUNC");
  std::string changed = array;
  changed[kNpyHeaderBytes + 1] = 'x';
  folder.write("old.npy", changed);
  CHECK(refusal().code == "CORRUPT");
  folder.write("old.npy", array);
  const auto with_index = [&](const std::string& from, const std::string& to) {
    std::string text = index;
    REQUIRE(text.find(from) != std::string::npos);
    folder.write("old.index.jsonl", text.replace(text.find(from), from.size(), to));
    return refusal();
  };
  CHECK(with_index("\"row\":5", "\"row\":500000") ==
        Failure{"MISMATCH", (folder / "old.index.jsonl") + ": line 7: row: is 500000, expected 5"});
  CHECK(with_index("a.jpg", "b.jpg").code == "CORRUPT");  // the index of another array
  CHECK(with_index("\"row\":5", "\"row\":-1").code == "MISMATCH");
  CHECK(with_index("\"size\":10", "\"size\":-1").code == "RANGE");
  CHECK(with_index("\"mtime_ns\":100", "\"mtime_ns\":1e3").code == "TYPE");
  CHECK(with_index("\"size\":10,", "").code == "MISSING");
  CHECK(with_index("\"xxh3\":\"", "\"xxh3\":\"0").code == "HEADER");
  CHECK(with_index("\"warnings\":[\"odd\"]", "\"warnings\":[1]").code == "TYPE");
  folder.write("old.index.jsonl", index.substr(0, index.find('\n') + 1));
  CHECK(refusal() == Failure{"MISMATCH", (folder / "old.index.jsonl") + ": describes 1 rows, expected 6"});
  folder.write("old.index.jsonl", index.substr(0, index.size() - 4));
  CHECK(refusal().code == "HEADER");
  write_run(folder, example(), [](EmbeddingsInfo& info) { info.index_xxh3.clear(); });
  CHECK(with_index("a.jpg", "b.jpg") == Failure{});  // an older version wrote the info file
  for (const char* name : {"old.index.jsonl", "old.info.json"}) {
    write_run(folder, example());
    std::filesystem::remove(folder / name);
    CHECK(refusal() == Failure{"MISSING", (folder / name) +
                                              ": does not exist; without it, the rows cannot be used again"});
  }
}
