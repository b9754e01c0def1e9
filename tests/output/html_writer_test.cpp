// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/html_writer.h"

#include <limits>
#include <string>
#include <vector>

#include "sightline/output/report_parts.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();
const Outcome kGood, kTruncated = failed_outcome(ErrorCode::truncated, "ends <early>");

/// Each image has a thumbnail of three bytes; those whose label begins with "gone" cannot be shown.
class FakeImages : public ReportImages {
 public:
  void prepare(std::span<const RankedScore> images) override { prepared += std::ssize(images); }
  ReportImage image(std::int64_t, std::string_view label) override {
    if (label.starts_with("gone")) return {.problem_class = "MISSING", .problem = "does not exist"};
    return {.link = "./a%20b.jpg", .file = "xyz", .media_type = "image/png", .width = 4, .height = 3};
  }
  ReportImage query(std::int64_t, std::string_view) override {
    return {.link = "./query.jpg", .file = "abc", .media_type = "image/jpeg", .width = 2, .height = 2};
  }
  std::int64_t prepared = 0;
};

const ReportFacts kFacts{{{"Model", "<b>&\u202E"}, {"Date", "2026-01-02"}}};

/// What `use` writes, without the style and the script.
template <class Use>
std::string page(const RankingOptions& options, const Use& use) {
  const TempFolder folder;
  OutputFile out(folder / "out", false);
  const auto writer = make_ranking_writer(TableFormat::html, out, options);
  writer->begin();
  use(*writer);
  writer->finish();
  out.commit();
  std::string text = folder.read("out");
  for (const std::string_view part : {kReportStyle, kReportScript}) {
    const std::size_t at = text.find(part);
    REQUIRE(at != std::string::npos);
    text.erase(at, part.size());
  }
  return text;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("html writer: cards by image have all digits, in order, and hostile text as text", "[output]") {
  const std::vector<RankedScore> scores = {{"a \"dog\"", 1, 0.24571234F, 24.571234F, 0.98765F, false},
                                           {"<cat>", 0, -0.05F, -5.0F, 0.01235F, true}};
  FakeImages images;
  const std::string text =
      page({.by = RankBy::image, .facts = &kFacts, .images = &images}, [&](RankingWriter& w) {
        w.write({"a'<i>.jpg", 0, kGood, scores, false});
        w.write({"gone.jpg", 1, kTruncated, {}, false});
      });
  CHECK(has(text, "<dt>Model</dt><dd><bdi>&lt;b&gt;&amp;\\u202E</bdi></dd>"));
  CHECK(
      has(text,
          "<li class=\"card\" data-index=\"0\" data-label=\"a&#39;&lt;i&gt;.jpg\" data-cosine=\"0.24571234\" "
          "data-best=\"a &quot;dog&quot;\"><noscript>"));
  CHECK(has(text,
            "href=\"./a%20b.jpg\"><img src=\"data:image/png;base64,eHl6\" width=\"4\" height=\"3\" "
            "alt=\"a&#39;&lt;i&gt;.jpg\"></a>"));
  CHECK(has(text,
            "<li data-caption=\"1\" data-cosine=\"0.24571234\" data-logit=\"24.571234\" "
            "data-probability=\"0.98765\" title=\"cosine 0.24571234, logit 24.571234, probability 0.98765\">"
            "<bdi>a &quot;dog&quot;</bdi><span class=\"number\">98.76%</span> "
            "<span class=\"number\">0.2457</span>"));
  CHECK(has(text, "<bdi>&lt;cat&gt;</bdi>"));
  CHECK(has(text, "(truncated)"));
  CHECK(has(text, "class=\"card skipped\" data-index=\"1\" data-label=\"gone.jpg\""));
  CHECK(has(text, "<p class=\"problem\">TRUNC: ends &lt;early&gt;</p>"));
  CHECK(has(text, "1 image, 1 skipped"));
  CHECK(text.find("dog") < text.find("&lt;cat&gt;"));
}

TEST_CASE("html writer: sheets by caption have ranks, the query image, and skipped images once", "[output]") {
  std::vector<RankedScore> scores;
  for (int i = 0; i < 150; ++i) scores.push_back({"a.jpg", i, 0.5F, 50.0F, 0.1F, false});
  scores.push_back({"gone.jpg", 150, kNaN, kNaN, kNaN, false});
  FakeImages images;
  const std::string text =
      page({.by = RankBy::caption, .facts = &kFacts, .images = &images}, [&](RankingWriter& w) {
        w.write({"a dog", 0, kGood, scores, true});
        w.write({"query.jpg", 1, kGood, {}, false, true});
        w.skipped(151, "bad.jpg", kTruncated);
        w.skipped(152, "bad2.jpg", kTruncated);
      });
  CHECK(images.prepared == 151);
  CHECK(has(text, "<section class=\"sheet\" aria-labelledby=\"q0-name\" id=\"q0\" data-query=\"0\">"));
  CHECK(has(text, "<bdi>a dog</bdi> (truncated)</h2>"));
  CHECK(has(text, "data-index=\"149\" data-rank=\"150\" data-label=\"a.jpg\" data-cosine=\"0.5\""));
  CHECK(has(text, "MISSING: does not exist"));
  CHECK_FALSE(has(text, "nan"));
  CHECK(has(text, "Like <bdi>query.jpg</bdi>"));
  CHECK(has(text, "alt=\"query: query.jpg\""));
  CHECK(has(text, "2 rankings, 2 skipped"));
  CHECK(text.find("Skipped images</h2>") == text.rfind("Skipped images</h2>"));
}

TEST_CASE("html writer: a matrix has a cell for each pair", "[output]") {
  FakeImages images;
  const std::string text =
      page({.by = RankBy::image, .facts = &kFacts, .images = &images}, [&](RankingWriter& w) {
        w.matrix({{"a.jpg", "<b>.jpg"}, {"x", "\"y\""}, {0.25F, -0.125F, kNaN, 0.0F}});
      });
  CHECK(has(text,
            "<td class=\"h20\" title=\"0.25\">0.2500</td><td class=\"h0\" title=\"-0.125\">-0.1250</td>"));
  CHECK(has(text, "<td class=\"hx\" title=\"\">-</td><td class=\"h7\" title=\"0\">0.0000</td>"));
  CHECK(has(text, "<th scope=\"row\" title=\"&lt;b&gt;.jpg\">"));
}
