// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/ranking_writer.h"

#include <limits>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();

const Outcome kGood, kTruncated = failed_outcome(ErrorCode::truncated, "ends early");

const std::vector<RankedScore> kCaptions = {{"a dog", 1, 0.2457F, 24.57F, 0.9949F, false},
                                            {"a\tcat", 0, -0.05F, -5.0F, 0.0051F, true}};
const std::vector<RankedScore> kImages = {{"a.jpg", 3, 0.25F, 25.0F, 1.0F, false},
                                          {"\xFF.jpg", 0, kNaN, kNaN, kNaN, false}};
const std::vector<Ranking> kByImage = {{"a.jpg", 0, kGood, kCaptions, false},
                                       {"b.jpg", 1, kTruncated, {}, false}};
const std::vector<Ranking> kByCaption = {{"a dog", 0, kGood, kImages, true}};

std::string written(TableFormat format, const RankingOptions& options, const std::vector<Ranking>& rankings) {
  const TempFolder folder;
  OutputFile out(folder / "out", false);
  const auto writer = make_ranking_writer(format, out, options);
  writer->begin();
  for (const Ranking& ranking : rankings) writer->write(ranking);
  writer->finish();
  out.commit();
  return folder.read("out");
}

std::string written(TableFormat format, RankBy by, bool color = false) {
  return written(format, {.by = by, .color = color}, by == RankBy::image ? kByImage : kByCaption);
}

}  // namespace

TEST_CASE("ranking writer: jsonl by image has the documented keys in order", "[output]") {
  const std::string a =
      R"({"image":"a.jpg","status":"ok","scores":[)"
      R"({"caption":"a dog","index":1,"cosine":0.2457,"logit":24.57,"probability":0.9949},)"
      R"({"caption":"a\tcat","index":0,"cosine":-0.05,"logit":-5,"probability":0.0051,"truncated":true}]})";
  const std::string b = R"({"image":"b.jpg","status":"skipped","class":"TRUNC","message":"ends early"})";
  CHECK(written(TableFormat::jsonl, RankBy::image) == a + "\n" + b + "\n");
  CHECK(written(TableFormat::json, RankBy::image) == "[\n" + a + ",\n" + b + "\n]\n");
}

TEST_CASE("ranking writer: jsonl by caption ranks images, and NaN is null", "[output]") {
  CHECK(
      written(TableFormat::jsonl, RankBy::caption) ==
      "{\"caption\":\"a dog\",\"index\":0,\"truncated\":true,\"scores\":["
      "{\"image\":\"a.jpg\",\"index\":3,\"cosine\":0.25,\"logit\":25,\"probability\":1},"
      "{\"image\":\"\xEF\xBF\xBD.jpg\",\"image_b64\":\"/y5qcGc=\",\"index\":0,\"cosine\":null,\"logit\":null,"
      "\"probability\":null}]}\n");
}

TEST_CASE("ranking writer: csv and tsv have one line per pair, with the image first in both rankings",
          "[output]") {
  CHECK(written(TableFormat::tsv, RankBy::image) ==
        "image\tcaption\trank\tcosine\tlogit\tprobability\n"
        "a.jpg\ta dog\t1\t0.2457\t24.57\t0.9949\n"
        "a.jpg\ta\\tcat\t2\t-0.05\t-5\t0.0051\n");
  CHECK(written(TableFormat::csv, RankBy::caption) ==
        "image,caption,rank,cosine,logit,probability\r\n"
        "a.jpg,a dog,1,0.25,25,1\r\n"
        "\xFF.jpg,a dog,2,,,\r\n");
}

TEST_CASE("ranking writer: O13 no format writes nan", "[output]") {
  for (const TableFormat format :
       {TableFormat::text, TableFormat::json, TableFormat::jsonl, TableFormat::csv, TableFormat::tsv}) {
    CHECK(written(format, RankBy::caption).find("nan") == std::string::npos);
  }
}

TEST_CASE("ranking writer: text is aligned and safe for a terminal", "[output]") {
  CHECK(written(TableFormat::text, RankBy::image) ==
        "a.jpg\n"
        "   99.49%   0.2457  a dog\n"
        "    0.51%  -0.0500  a\\tcat  (truncated)\n"
        "b.jpg\n"
        "  skipped: TRUNC: ends early\n");
  CHECK(written(TableFormat::text, RankBy::caption) ==
        "a dog  (truncated)\n"
        "  100.00%   0.2500  a.jpg\n"
        "       -         -  \\xff.jpg\n");
}

TEST_CASE("ranking writer: colours are bold for labels, green for the best score, red for failures",
          "[output]") {
  CHECK(written(TableFormat::text, RankBy::image, true) ==
        "\x1b[1ma.jpg\x1b[0m\n"
        "\x1b[32m   99.49%   0.2457  a dog\x1b[0m\n"
        "    0.51%  -0.0500  a\\tcat  (truncated)\n"
        "\x1b[1mb.jpg\x1b[0m\n"
        "  \x1b[31mskipped: TRUNC: ends early\x1b[0m\n");
}

TEST_CASE("ranking writer: a query image takes the place of the caption, under its own key", "[output]") {
  const std::vector<RankedScore> images = {{"a.jpg", 3, 0.25F, 25.0F, 1.0F, false}};
  const std::vector<Ranking> rankings = {{"a dog", 0, kGood, images, false},
                                         {"dog.jpg", 1, kGood, images, false, true},
                                         {"\xFF.jpg", 2, kGood, {}, false, true}};
  const RankingOptions options{.by = RankBy::caption};
  const std::string scores =
      R"("scores":[{"image":"a.jpg","index":3,"cosine":0.25,"logit":25,"probability":1}]})";
  CHECK(written(TableFormat::jsonl, options, rankings) ==
        R"({"caption":"a dog","index":0,)" + scores + "\n" + R"({"like":"dog.jpg","index":1,)" + scores +
            "\n" + "{\"like\":\"\xEF\xBF\xBD.jpg\",\"like_b64\":\"/y5qcGc=\",\"index\":2,\"scores\":[]}\n");
  CHECK(written(TableFormat::tsv, options, rankings) ==
        "image\tcaption\trank\tcosine\tlogit\tprobability\n"
        "a.jpg\ta dog\t1\t0.25\t25\t1\n"
        "a.jpg\tdog.jpg\t1\t0.25\t25\t1\n");
}

TEST_CASE("ranking writer: text without probabilities has cosines and labels", "[output]") {
  CHECK(written(TableFormat::text, {.by = RankBy::caption, .probability = false}, kByCaption) ==
        "a dog  (truncated)\n"
        "   0.2500  a.jpg\n"
        "        -  \\xff.jpg\n");
  const std::string_view kept = "\"probability\":";
  CHECK(written(TableFormat::jsonl, {.by = RankBy::image, .probability = false}, kByImage).find(kept) !=
        std::string::npos);
}

TEST_CASE("ranking writer: an empty ranking is a header, an empty array or nothing", "[output]") {
  const TempFolder folder;
  const auto empty = [&](TableFormat format) {
    OutputFile out(folder / "out", true);
    const auto writer = make_ranking_writer(format, out, {});
    writer->begin();
    writer->finish();
    out.commit();
    return folder.read("out");
  };
  CHECK(empty(TableFormat::json) == "[]\n");
  CHECK(empty(TableFormat::jsonl).empty());
  CHECK(empty(TableFormat::text).empty());
  CHECK(empty(TableFormat::tsv) == "image\tcaption\trank\tcosine\tlogit\tprobability\n");
}

TEST_CASE("ranking writer: npy is rejected", "[output][error]") {
  const TempFolder folder;
  OutputFile out(folder / "out", false);
  CHECK(error_of([&] { (void)make_ranking_writer(TableFormat::npy, out, {}); }).code == "USAGE");
}
