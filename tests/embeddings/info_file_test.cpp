// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/info_file.h"

#include <cmath>

#include "sightline/base/half.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

EmbeddingsInfo example() {
  return {.program = "sightline 0.1.0",
          .model = {"clip \"b32\"", "0123456789abcdef0123456789abcdef", "clip"},
          .modality = Modality::text,
          .preprocess = R"({"cleaning":"hf"})",
          .normalized = true,
          .dtype = "float32",
          .rows = 2,
          .width = 3};
}

const std::string kExample =
    R"({"format":"sightline-embeddings","version":1,"program":"sightline 0.1.0","model":{"name":"clip \"b32\"",)"
    R"("fingerprint":"0123456789abcdef0123456789abcdef","family":"clip"},"modality":"text",)"
    R"("preprocess":{"cleaning":"hf"},"normalized":true,"dtype":"float32","rows":2,"width":3})"
    "\n";

const std::string kHash = "99aa06d3014798d86001c324468d497f";
const std::string kHashAndShard =
    R"("xxh3":"99aa06d3014798d86001c324468d497f",)"
    R"("shard":{"index":2,"count":3,"list":"99aa06d3014798d86001c324468d497f","inputs":5})";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kExample;
  REQUIRE(text.find(from) != std::string::npos);
  return text.replace(text.find(from), from.size(), to);
}

NpyFile array(const TempFolder& folder, const std::vector<std::vector<float>>& rows, bool half = false) {
  OutputFile out(folder / "a.npy", true);
  out.write(npy_header(std::ssize(rows), std::ssize(rows.at(0)), half));
  for (const std::vector<float>& row : rows) {
    for (const float value : row) {
      const std::uint16_t rounded = float_to_half(value);
      const ByteView bytes =
          half ? std::as_bytes(std::span(&rounded, 1)) : std::as_bytes(std::span(&value, 1));
      out.write(as_text(bytes));
    }
  }
  out.commit();
  return NpyFile::open(folder / "a.npy");
}

const std::vector<std::vector<float>> kUnitRows = {{1, 0, 0}, {0, 0.6F, 0.8F}};

}  // namespace

TEST_CASE("info file: is named after its array", "[embeddings]") {
  CHECK(info_path_of("photos.npy") == "photos.info.json");
  CHECK(info_path_of("a/b.c") == "a/b.c.info.json");
}

TEST_CASE("info file: has the documented keys and round-trips", "[embeddings]") {
  const TempFolder folder;
  OutputFile out(folder / "i", true);
  write_info(out, example());
  out.commit();
  CHECK(folder.read("i") == kExample);
  const EmbeddingsInfo info = read_info(folder / "i");
  CHECK(info.program == "sightline 0.1.0");
  CHECK(info.model.name == "clip \"b32\"");
  CHECK(info.model.fingerprint == "0123456789abcdef0123456789abcdef");
  CHECK(info.model.family == "clip");
  CHECK(info.modality == Modality::text);
  CHECK(info.normalized);
  CHECK(info.dtype == "float32");
  CHECK(info.rows == 2);
  CHECK(info.width == 3);
  CHECK(info.preprocess == R"({"cleaning":"hf"})");
  CHECK(info.xxh3.empty());
  CHECK_FALSE(info.shard);
  folder.write("more", replaced("\"rows\":2", "\"later\":[1,2],\"rows\":2"));
  CHECK(read_info(folder / "more").rows == 2);
}

TEST_CASE("info file: has a hash of the rows and the shard", "[embeddings]") {
  const TempFolder folder;
  EmbeddingsInfo info = example();
  info.xxh3 = kHash;
  info.shard = ShardInfo{{2, 3}, kHash, 5};
  OutputFile out(folder / "i", true);
  write_info(out, info);
  out.commit();
  CHECK(folder.read("i") == replaced("\"width\":3", "\"width\":3," + kHashAndShard));
  const EmbeddingsInfo again = read_info(folder / "i");
  CHECK(again.xxh3 == kHash);
  CHECK(again.shard == info.shard);
}

TEST_CASE("info file: states how inputs were treated, and the hash of the index", "[embeddings]") {
  const TempFolder folder;
  const auto round_trip = [&](const EmbeddingsInfo& info, const std::string& members) {
    OutputFile out(folder / "i", true);
    write_info(out, info);
    out.commit();
    CHECK(folder.read("i") == replaced("\"width\":3", "\"width\":3," + members));
    return read_info(folder / "i");
  };
  EmbeddingsInfo info = example();
  info.drop_bad = true;
  info.strict = false;
  info.full_index = true;
  info.index_xxh3 = kHash;
  EmbeddingsInfo again =
      round_trip(info, R"("drop_bad":true,"strict":false,"index":"full","index_xxh3":")" + kHash + '"');
  CHECK(again.drop_bad == true);
  CHECK(again.strict == false);
  CHECK(again.full_index == true);
  CHECK(again.index_xxh3 == kHash);
  info = example();
  info.full_index = false;
  again = round_trip(info, R"("index":"plain")");
  CHECK(again.full_index == false);
  CHECK_FALSE(again.drop_bad);
  CHECK_FALSE(again.strict);
  CHECK(again.index_xxh3.empty());
  const auto refusal = [&](const std::string& member) {
    const std::string text = replaced("\"width\":3", "\"width\":3," + member);
    return error_of([&] { (void)read_info(folder.write("i", text)); }).code;
  };
  for (const char* member : {R"("index":"some")", R"("index":true)", R"("drop_bad":"yes")", R"("strict":1)",
                             R"("index_xxh3":"0")", R"("index_xxh3":null)"}) {
    INFO(member);
    CHECK(refusal(member) == "HEADER");
  }
}

TEST_CASE("info file: the hash of an index is compared if it is stated", "[embeddings][error]") {
  const std::string other = "0123456789abcdef0123456789abcdef";
  check_index_hash("a.index.jsonl", kHash, kHash);
  check_index_hash("a.index.jsonl", kHash, "");
  CHECK(error_of([&] { check_index_hash("a.index.jsonl", kHash, other); }) ==
        Failure{"CORRUPT", "a.index.jsonl: is not the index of the array: it has the hash " + kHash +
                               ", but the info file has " + other});
}

TEST_CASE("info file: a shard may state the hash of all labels", "[embeddings]") {
  const TempFolder folder;
  EmbeddingsInfo info = example();
  info.shard = ShardInfo{.shard = {2, 3}, .list = kHash, .inputs = 5, .labels = kHash};
  OutputFile out(folder / "i", true);
  write_info(out, info);
  out.commit();
  const std::string shard =
      R"("shard":{"index":2,"count":3,"list":")" + kHash + R"(","labels":")" + kHash + R"(","inputs":5})";
  CHECK(folder.read("i") == replaced("\"width\":3", "\"width\":3," + shard));
  CHECK(read_info(folder / "i").shard == info.shard);
}

TEST_CASE("info file: a shard of whole archives has the number of inputs of each", "[embeddings]") {
  const TempFolder folder;
  const std::string shard = R"("shard":{"index":2,"count":3,"list":")" + kHash + R"(",)";
  const std::string archives = R"("archives":7,"inputs_of_archives":[0,12]})";
  EmbeddingsInfo info = example();
  info.shard = ShardInfo{{2, 3}, kHash, 0, ShardArchives{7, {0, 12}}};
  CHECK(info.shard->own_inputs() == 12);
  OutputFile out(folder / "i", true);
  write_info(out, info);
  out.commit();
  CHECK(folder.read("i") == replaced("\"width\":3", "\"width\":3," + shard + archives));
  CHECK(read_info(folder / "i").shard == info.shard);
  const auto refusal = [&](const std::string& text) {
    return error_of([&] {
      (void)read_info(folder.write("i", replaced("\"width\":3", "\"width\":3," + shard + text + "}")));
    });
  };
  CHECK(refusal(R"("archives":1,"inputs_of_archives":[])") == Failure{});
  CHECK(refusal(R"("archives":7,"inputs_of_archives":[1,2,3])") ==
        Failure{"HEADER", folder / "i" + ": shard.inputs_of_archives: has 3 numbers, expected 2"});
  CHECK(refusal(R"("archives":7)").code == "HEADER");
  CHECK(refusal(R"("inputs_of_archives":[1,2])").code == "HEADER");
  CHECK(refusal(R"("archives":-1,"inputs_of_archives":[])").code == "HEADER");
  CHECK(refusal(R"("archives":9223372036854775807,"inputs_of_archives":[])").code == "HEADER");
  CHECK(refusal(R"("archives":7,"inputs_of_archives":{"a":1,"b":2})").code == "HEADER");
  CHECK(refusal(R"("archives":7,"inputs_of_archives":[1,-2])").code == "HEADER");
  CHECK(refusal(R"("archives":7,"inputs_of_archives":[1,"2"])").code == "HEADER");
  CHECK(refusal(R"("archives":7,"inputs_of_archives":[1099511627775,1])") == Failure{});
  CHECK(refusal(R"("archives":7,"inputs_of_archives":[1099511627775,2])").code == "HEADER");
}

TEST_CASE("info file: has the precision and the version of the computation", "[embeddings]") {
  const TempFolder folder;
  EmbeddingsInfo info = example();
  info.precision = "float32, auto";
  info.computation = 7;
  OutputFile out(folder / "i", true);
  write_info(out, info);
  out.commit();
  CHECK(folder.read("i") ==
        replaced("\"width\":3", "\"width\":3,\"precision\":\"float32, auto\",\"computation\":7"));
  CHECK(read_info(folder / "i").precision == "float32, auto");
  CHECK(read_info(folder / "i").computation == 7);
  folder.write("old", kExample);
  CHECK(read_info(folder / "old").precision.empty());
  CHECK_FALSE(read_info(folder / "old").computation);
  folder.write("bad", replaced("\"width\":3", "\"width\":3,\"computation\":\"7\""));
  CHECK(error_of([&] { (void)read_info(folder / "bad"); }).code == "HEADER");
}

TEST_CASE("info file: a malformed hash or shard is rejected", "[output][error]") {
  const TempFolder folder;
  const auto refusal = [&](const std::string& from, const std::string& to) {
    std::string text = replaced("\"width\":3", "\"width\":3," + kHashAndShard);
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    return error_of([&] { (void)read_info(folder.write("i", text)); }).code;
  };
  CHECK(refusal("\"index\":2", "\"index\":3") == "");
  CHECK(refusal("\"xxh3\":\"99aa", "\"xxh3\":\"9") == "HEADER");
  CHECK(refusal("\"xxh3\":\"99aa", "\"xxh3\":\"99AA") == "HEADER");
  CHECK(refusal("\"list\":\"99aa", "\"list\":\"9") == "HEADER");
  CHECK(refusal("\"index\":2", "\"index\":0") == "HEADER");
  CHECK(refusal("\"index\":2", "\"index\":4") == "HEADER");
  CHECK(refusal("\"count\":3", "\"count\":0") == "HEADER");
  CHECK(refusal("\"count\":3", "\"count\":1000001") == "HEADER");
  CHECK(refusal("\"inputs\":5", "\"inputs\":-1") == "HEADER");
  CHECK(refusal("\"inputs\":5", "\"inputs\":1099511627777") == "HEADER");
  CHECK(refusal("\"inputs\":5", "\"other\":5") == "HEADER");
}

TEST_CASE("info file: malformed content is rejected with its key", "[output][error]") {
  const TempFolder folder;
  const auto refusal = [&](const std::string& text) {
    return error_of([&] { (void)read_info(folder.write("i", text)); });
  };
  CHECK(refusal("").code == "HEADER");
  CHECK(refusal("not json").code == "HEADER");
  CHECK(refusal(kExample.substr(0, 40)).code == "HEADER");
  CHECK(refusal("[]").code == "HEADER");
  CHECK(refusal("{}") == Failure{"HEADER", (folder / "i") + ": has no member 'format'"});
  CHECK(refusal(replaced("sightline-embeddings", "other")).code == "HEADER");
  CHECK(refusal(replaced("\"version\":1", "\"version\":2")) ==
        Failure{"HEADER", (folder / "i") + ": version: is 2, expected version 1"});
  CHECK(refusal(replaced("0123456789abcdef0123", "0123")).code == "HEADER");
  CHECK(refusal(replaced("\"modality\":\"text\"", "\"modality\":\"sound\"")).code == "HEADER");
  CHECK(refusal(replaced("\"float32\"", "\"int8\"")).code == "HEADER");
  CHECK(refusal(replaced("\"rows\":2", "\"rows\":-1")).code == "HEADER");
  CHECK(refusal(replaced("\"rows\":2", "\"rows\":\"2\"")).code == "HEADER");
  CHECK(refusal(replaced("\"normalized\":true", "\"normalized\":1")).code == "HEADER");
  CHECK(refusal(replaced("{\"cleaning\":\"hf\"}", "[]")).code == "HEADER");
  CHECK(refusal(replaced(",\"width\":3", "")).code == "HEADER");
  CHECK(refusal(replaced(",\"width\":3", ",\"rows\":2")).code == "HEADER");
  CHECK(error_of([&] { (void)read_info(folder / "none"); }).code == "MISSING");
}

TEST_CASE("info file: float32 rows that are declared normalised are used unchanged", "[embeddings]") {
  const TempFolder folder;
  EmbeddingsInfo info = example();
  CHECK(check_info(info, "i", array(folder, kUnitRows)));
  CHECK(check_info(info, "i", array(folder, {{0, 0, 0}, {1, 0, 0}})));
  info.normalized = false;
  CHECK_FALSE(check_info(info, "i", array(folder, {{9, 0, 0}, {0, 9, 0}})));
  info.normalized = true;
  info.dtype = "float16";
  CHECK_FALSE(check_info(info, "i", array(folder, kUnitRows, true)));
}

TEST_CASE("info file: an info that does not describe the array is rejected", "[output][error]") {
  const TempFolder folder;
  const auto refusal = [&](const EmbeddingsInfo& info, const NpyFile& file) {
    return error_of([&] { (void)check_info(info, "i", file); });
  };
  const NpyFile file = array(folder, kUnitRows);
  EmbeddingsInfo info = example();
  info.rows = 3;
  CHECK(refusal(info, file) == Failure{"MISMATCH", "i: rows: is 3, but the array has 2"});
  info = example();
  info.width = 4;
  CHECK(refusal(info, file) == Failure{"MISMATCH", "i: width: is 4, but the array has 3"});
  info = example();
  info.dtype = "float16";
  CHECK(refusal(info, file) == Failure{"MISMATCH", "i: dtype: is float16, but the array contains float32"});
  info = example();
  info.shard = ShardInfo{{2, 3}, kHash, 3};
  CHECK(refusal(info, file) ==
        Failure{"MISMATCH", "i: shard: has fewer inputs (1) than the array has rows (2)"});
  info.shard->inputs = 5;
  CHECK(refusal(info, file) == Failure{});
  CHECK(refusal(example(), array(folder, {{1, 0, 0}, {0, 3, 4}})) ==
        Failure{"MISMATCH", "i: normalized: is true, but row 1 of the array has norm 5"});
  CHECK(refusal(example(), array(folder, {{1, 0, 0}, {0, NAN, 4}})).code == "CORRUPT");
}
