// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/pair_writer.h"

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

const std::vector<ScoredPair> kPairs = {{"a.jpg", "a \"dog\",\tred", kGood, 0.25F, 25.0F, 0.625F, true},
                                        {"\xFF.jpg", "cat", kTruncated, 0, 0, 0, false},
                                        {"c.jpg", "", kGood, kNaN, kNaN, kNaN, false}};

std::string written(TableFormat format, const std::vector<ScoredPair>& pairs = kPairs, bool color = false) {
  const TempFolder folder;
  OutputFile out(folder / "out", false);
  const auto writer = make_pair_writer(format, out, color);
  writer->begin();
  for (const ScoredPair& pair : pairs) writer->write(pair);
  writer->finish();
  out.commit();
  return folder.read("out");
}

}  // namespace

TEST_CASE("pair writer: JSON Lines and a JSON array have one object per pair", "[output]") {
  const std::string a = R"({"image":"a.jpg","caption":"a \"dog\",\tred","status":"ok","cosine":0.25,)"
                        R"("logit":25,"clipscore":0.625,"truncated":true})";
  const std::string b =
      "{\"image\":\"\xEF\xBF\xBD.jpg\",\"image_b64\":\"/y5qcGc=\",\"caption\":\"cat\","
      R"("status":"skipped","class":"TRUNC","message":"ends early"})";
  const std::string c =
      R"({"image":"c.jpg","caption":"","status":"ok","cosine":null,"logit":null,"clipscore":null})";
  CHECK(written(TableFormat::jsonl) == a + "\n" + b + "\n" + c + "\n");
  CHECK(written(TableFormat::json) == "[\n" + a + ",\n" + b + ",\n" + c + "\n]\n");
  CHECK(written(TableFormat::json, {}) == "[]\n");
}

TEST_CASE("pair writer: separated values have a header and a line per pair", "[output]") {
  CHECK(written(TableFormat::tsv) ==
        "image\tcaption\tstatus\tcosine\tlogit\tclipscore\n"
        "a.jpg\ta \"dog\",\\tred\tok\t0.25\t25\t0.625\n"
        "\xFF.jpg\tcat\tskipped\t\t\t\n"
        "c.jpg\t\tok\t\t\t\n");
  CHECK(written(TableFormat::csv) ==
        "image,caption,status,cosine,logit,clipscore\r\n"
        "a.jpg,\"a \"\"dog\"\",\tred\",ok,0.25,25,0.625\r\n"
        "\xFF.jpg,cat,skipped,,,\r\n"
        "c.jpg,,ok,,,\r\n");
}

TEST_CASE("pair writer: text is aligned and safe for a terminal", "[output]") {
  CHECK(written(TableFormat::text) ==
        "   0.6250   0.2500  a.jpg  a \"dog\",\\tred  (truncated)\n"
        "        -        -  \\xff.jpg  cat  (skipped: TRUNC)\n"
        "        -        -  c.jpg  \n");
  CHECK(written(TableFormat::text, {kPairs[1]}, true) ==
        "        -        -  \\xff.jpg  cat\x1b[31m  (skipped: TRUNC)\x1b[0m\n");
}

TEST_CASE("pair writer: npy cannot hold pairs", "[output][error]") {
  CHECK_THROWS_AS(written(TableFormat::npy), Error);
}
