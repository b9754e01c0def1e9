// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/merge.h"

#include <algorithm>
#include <functional>

#include "sightline/base/hash.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/list_hash.h"
#include "sightline/embeddings/verify.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr std::int64_t kColumns = 3;

struct Run {
  std::int64_t inputs = 0;
  bool drop_bad = false;
  std::optional<Shard> shard = {};
  std::vector<std::int64_t> archives = {};  ///< inputs of each; if there are any, shards have whole ones
  std::string prefix = {};                  ///< of all labels
  std::function<void(EmbeddingsInfo&)> change = {};
};

/// The number of the archive that has the input.
std::int64_t archive_of(const Run& run, std::int64_t input) {
  std::int64_t archive = 0;
  while (input >= run.archives.at(static_cast<std::size_t>(archive)))
    input -= run.archives[static_cast<std::size_t>(archive++)];
  return archive;
}

bool has_input(const Run& run, std::int64_t input) {
  if (!run.shard) return true;
  return run.shard->contains(run.archives.empty() ? input : archive_of(run, input));
}

ShardInfo shard_of(const Run& run, const std::string& list) {
  if (run.archives.empty()) return {.shard = *run.shard, .list = list, .inputs = run.inputs, .labels = list};
  ShardArchives own{std::ssize(run.archives), {}};
  for (std::int64_t archive = 0; archive < own.count; ++archive) {
    if (run.shard->contains(archive)) own.inputs.push_back(run.archives[static_cast<std::size_t>(archive)]);
  }
  return {*run.shard, list, 0, own};
}

bool has_failed(std::int64_t input) { return input % 5 == 3; }

std::string label_of(std::int64_t input) {
  // not UTF-8, escapes, and what looks like the end of a line of JSON
  return input % 4 == 1 ? "\xFF\"}" : "dir/" + std::to_string(input) + "\n\\.jpg";
}

/// Writes NAME.npy, its index and info file, as a run would. Returns the path of the array.
std::string write_run(const TempFolder& folder, const std::string& name, const Run& run) {
  const std::string path = folder / (name + ".npy");
  OutputFile array(path, true), index(index_path_of(path), true), info_file(info_path_of(path), true);
  std::string rows;
  std::int64_t count = 0;
  ListHash list;
  IndexWriter writer(index);
  Hash128 index_hash;
  index.update_hash(&index_hash);
  for (std::int64_t input = 0; input < run.inputs; ++input) {
    const std::string label = run.prefix + label_of(input);
    list.add(label);
    if (!has_input(run, input)) continue;
    const bool failed = has_failed(input), dropped = failed && run.drop_bad;
    const float values[kColumns] = {failed ? 0.0F : 1.0F, 0.0F, 0.0F};
    if (!dropped) rows += as_text(std::as_bytes(std::span(values)));
    const Outcome outcome = failed ? failed_outcome(ErrorCode::io, "m") : Outcome();
    IndexRow line{.row = count, .label_key = "path", .label = label, .tokens = {}, .outcome = outcome};
    if (dropped) line.row.reset();
    writer.write(line);
    if (!dropped) ++count;
  }
  array.write(npy_header(count, kColumns, false) + rows);
  EmbeddingsInfo info{.program = "p",
                      .model = {"m", "0123456789abcdef0123456789abcdef", "clip"},
                      .modality = Modality::image,
                      .preprocess = R"({"a":[1, "}"]})",
                      .normalized = true,
                      .dtype = "float32",
                      .rows = count,
                      .width = kColumns};
  Hash128 hash;
  hash.update(as_bytes(rows));
  info.xxh3 = hash.hex();
  info.index_xxh3 = index_hash.hex();
  info.drop_bad = run.drop_bad;
  if (run.shard) info.shard = shard_of(run, list.hex());
  if (run.change) run.change(info);
  write_info(info_file, info);
  for (OutputFile* file : {&array, &index, &info_file}) file->commit();
  return path;
}

void merge(const TempFolder& folder, const std::vector<std::string>& arrays) {
  const std::string path = folder / "merged.npy";
  OutputFile array(path, true), index(index_path_of(path), true), info(info_path_of(path), true);
  const ShardSet shards(arrays);
  std::int64_t inputs = 0;
  merge_shards(shards, "", {array, index, info, nullptr}, [&](std::int64_t count) { inputs += count; });
  CHECK(inputs == shards.inputs());
  for (OutputFile* file : {&array, &index, &info}) file->commit();
}

std::int64_t violations_of(const std::string& path) {
  return verify_embeddings(path, "", {[](const Error&) {}, [](std::int64_t) {}}).violations;
}

}  // namespace

TEST_CASE("merge: gives the files of a run without shards", "[embeddings]") {
  const TempFolder folder;
  for (const std::int64_t inputs : {0, 1, 4, 23, 3000}) {
    for (const std::int64_t count : {1, 2, 3, 7, 40}) {
      for (const bool drop_bad : {false, true}) {
        write_run(folder, "whole", {inputs, drop_bad});
        std::vector<std::string> arrays;
        for (std::int64_t k = count; k >= 1; --k) {
          arrays.push_back(write_run(folder, "s" + std::to_string(k), {inputs, drop_bad, Shard{k, count}}));
          REQUIRE(violations_of(arrays.back()) == 0);
        }
        merge(folder, arrays);
        for (const char* ending : {".npy", ".index.jsonl", ".info.json"})
          CHECK(folder.read(std::string("merged") + ending) == folder.read(std::string("whole") + ending));
        CHECK(violations_of(folder / "merged.npy") == 0);
      }
    }
  }
}

TEST_CASE("merge: puts whole archives in their order", "[embeddings]") {
  const TempFolder folder;
  const std::vector<std::int64_t> archives = {3, 0, 5, 1, 0, 0, 4, 2, 0};
  for (const std::int64_t count : {1, 2, 3, 4, 5, 7, 9}) {
    write_run(folder, "whole", {15, true});
    std::vector<std::string> arrays;
    for (std::int64_t k = count; k >= 1; --k) {
      arrays.push_back(write_run(folder, "s" + std::to_string(k), {15, true, Shard{k, count}, archives}));
      REQUIRE(violations_of(arrays.back()) == 0);
    }
    merge(folder, arrays);
    for (const char* ending : {".npy", ".index.jsonl", ".info.json"})
      CHECK(folder.read(std::string("merged") + ending) == folder.read(std::string("whole") + ending));
  }
}

TEST_CASE("merge: shards of archives that do not agree are rejected", "[embeddings][error]") {
  const TempFolder folder;
  const auto refusal = [&](const Run& one, const Run& two) {
    const std::string first = write_run(folder, "1", one), second = write_run(folder, "2", two);
    return error_of([&] { merge(folder, {first, second}); });
  };
  const auto differs = [&](const std::string& what) {
    return Failure{"MISMATCH", folder / "2.npy" + ": has another " + what};
  };
  const std::string than = " than " + folder / "1.npy" + ": ";
  CHECK(refusal({5, false, Shard{1, 2}, {2, 3}}, {5, false, Shard{2, 2}, {2, 3}}) == Failure{});
  CHECK(refusal({5, false, Shard{1, 2}, {2, 3}}, {5, false, Shard{2, 2}}) ==
        differs("division of the list" + than + "by input, expected by archive"));
  CHECK(refusal({5, false, Shard{1, 2}, {2, 3}}, {5, false, Shard{2, 2}, {2, 2, 1}}) ==
        differs("number of archives" + than + "3, expected 2"));
  // the info file states more or fewer inputs than there are
  for (const std::string numbers : {"[2]", "[4]", "[1099511627776]"}) {
    const std::string first = write_run(folder, "1", {5, false, Shard{1, 2}, {2, 3}});
    const std::string second = write_run(folder, "2", {5, false, Shard{2, 2}, {2, 3}});
    std::string info = folder.read("2.info.json");
    info.replace(info.find("[3]"), 3, numbers);
    folder.write("2.info.json", info);
    INFO(numbers);
    CHECK(error_of([&] { merge(folder, {first, second}); }).code == "MISMATCH");
    CHECK(violations_of(second) > 0);
  }
}

TEST_CASE("merge: shards that do not belong together are rejected", "[embeddings][error]") {
  const TempFolder folder;
  const std::string first = write_run(folder, "1", {7, false, Shard{1, 2}});
  const std::string second = write_run(folder, "2", {7, false, Shard{2, 2}});
  const auto refusal = [&](const std::vector<std::string>& arrays) {
    return error_of([&] { merge(folder, arrays); });
  };
  CHECK(refusal({first, second}) == Failure{});
  CHECK(refusal({}).code == "MISSING");
  CHECK(refusal({first}) == Failure{"MISSING", "shard 2 of 2: is not among the arrays"});
  CHECK(refusal({second}) == Failure{"MISSING", "shard 1 of 2: is not among the arrays"});
  CHECK(refusal({first, second, first}) == Failure{"DUP", first + ": is shard 1 of 2, and so is " + first});
  CHECK(refusal({first, folder / "absent.npy"}).code == "MISSING");
  CHECK(refusal({first, write_run(folder, "third", {7, false, Shard{2, 3}})}) ==
        Failure{"MISMATCH",
                (folder / "third.npy") + ": has another number of shards than " + first + ": 3, expected 2"});
  CHECK(refusal({first, write_run(folder, "longer", {8, false, Shard{2, 2}})}) ==
        Failure{"MISMATCH", (folder / "longer.npy") + ": has another number of inputs than " + first +
                                ": 8, expected 7"});
  CHECK(refusal({first, write_run(folder, "whole", {7, false})}).code == "MISMATCH");
  // an array with the rows of another one, but with a valid index and info
  folder.write("2.npy", folder.read("1.npy"));
  CHECK(refusal({first, second}).code == "MISMATCH");
}

TEST_CASE("merge: rows that differ from the hash in the info file are rejected", "[embeddings][error]") {
  const TempFolder folder;
  const std::string first = write_run(folder, "1", {7, false, Shard{1, 2}});
  const std::string second = write_run(folder, "2", {7, false, Shard{2, 2}});
  std::string bytes = folder.read("2.npy");
  std::swap_ranges(bytes.begin() + 128, bytes.begin() + 132, bytes.begin() + 132);
  folder.write("2.npy", bytes);
  CHECK(error_of([&] { merge(folder, {first, second}); }).code == "CORRUPT");
  CHECK(violations_of(second) == 1);
  CHECK_FALSE(file_exists(folder / "merged.npy"));
}

TEST_CASE("merge: an index that is not that of the array is rejected", "[embeddings][error]") {
  const TempFolder folder;
  const std::string first = write_run(folder, "1", {7, false, Shard{1, 2}});
  const std::string second = write_run(folder, "2", {7, false, Shard{2, 2}});
  std::string index = folder.read("2.index.jsonl");
  index.replace(index.find("dir"), 3, "die");
  folder.write("2.index.jsonl", index);
  CHECK(error_of([&] { merge(folder, {first, second}); }).code == "CORRUPT");
  CHECK(violations_of(second) == 1);
  CHECK_FALSE(file_exists(folder / "merged.npy"));
}

TEST_CASE("merge: shards with another treatment of inputs are refused by name", "[embeddings][error]") {
  const TempFolder folder;
  using Change = std::function<void(EmbeddingsInfo&)>;
  const auto refusal = [&](const Change& one, const Change& two) {
    const std::string first = write_run(folder, "1", {7, false, Shard{1, 2}, {}, "", one});
    const std::string second = write_run(folder, "2", {7, false, Shard{2, 2}, {}, "", two});
    return error_of([&] { merge(folder, {first, second}); });
  };
  const auto differs = [&](const std::string& what, const std::string& values) {
    return Failure{"MISMATCH",
                   folder / "2.npy" + ": has another " + what + " than " + folder / "1.npy" + ": " + values};
  };
  CHECK(refusal({}, [](EmbeddingsInfo& info) { info.drop_bad = true; }) ==
        differs("treatment of failed inputs", "left out, expected rows of zeros"));
  CHECK(refusal([](EmbeddingsInfo& info) { info.strict = false; },
                [](EmbeddingsInfo& info) { info.strict = true; }) ==
        differs("treatment of warnings", "as errors, expected accepted"));
  CHECK(refusal([](EmbeddingsInfo& info) { info.full_index = true; },
                [](EmbeddingsInfo& info) { info.full_index = false; }) ==
        differs("kind of index", "plain, expected full"));
  // of an older version
  const Change without = [](EmbeddingsInfo& info) {
    info.drop_bad.reset();
    info.index_xxh3.clear();
    info.shard->labels.clear();
  };
  CHECK(refusal({}, without) == differs("treatment of failed inputs", "not stated, expected rows of zeros"));
  CHECK(refusal(without, without) == Failure{});
  CHECK_FALSE(read_info(folder / "merged.info.json").drop_bad);
  CHECK_FALSE(read_info(folder / "merged.info.json").index_xxh3.empty());
}

TEST_CASE("merge: labels that are not those of the list are rejected", "[embeddings][error]") {
  const TempFolder folder;
  const auto stated = [](const std::string& hash) {
    return [hash](EmbeddingsInfo& info) { info.shard->list = info.shard->labels = hash; };
  };
  const std::string hash = "0123456789abcdef0123456789abcdef";
  std::vector<std::string> arrays;
  for (const std::int64_t k : {1, 2})
    arrays.push_back(write_run(folder, std::to_string(k), {9, false, Shard{k, 2}, {}, "", stated(hash)}));
  const Failure failure = error_of([&] { merge(folder, arrays); });
  CHECK(failure.code == "MISMATCH");
  CHECK(failure.message.ends_with("but their info files have " + hash));
  CHECK_FALSE(file_exists(folder / "merged.npy"));
}

TEST_CASE("verify: an index that contradicts the info file is a violation", "[embeddings][error]") {
  const TempFolder folder;
  const auto violations = [&](bool drop_bad, const std::function<void(EmbeddingsInfo&)>& change) {
    return violations_of(write_run(folder, "1", {5, drop_bad, {}, {}, "", change}));
  };
  CHECK(violations(false, {}) == 0);
  CHECK(violations(true, {}) == 0);
  CHECK(violations(false, [](EmbeddingsInfo& info) { info.drop_bad = true; }) == 1);
  CHECK(violations(true, [](EmbeddingsInfo& info) { info.drop_bad = false; }) == 1);
  CHECK(violations(true, [](EmbeddingsInfo& info) { info.drop_bad.reset(); }) == 0);
}
