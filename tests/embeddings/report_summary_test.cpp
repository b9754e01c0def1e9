// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/report_summary.h"

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("report summary: numbers are summed, and other values are those of the first shard",
          "[embeddings]") {
  ReportSummary texts;
  texts.add(R"({"summary":{"a":"x","b":{"c":"y"}}})", "r");
  texts.add(R"({"summary":{"a":"z","b":{"c":"z"}}})", "s");
  CHECK(texts.text() == R"({"summary":{"a":"x","b":{"c":"y"}}})"
                        "\n");
}

TEST_CASE("report summary: objects of numbers are summed in the order of a report", "[embeddings]") {
  ReportSummary summary;
  summary.add(R"({"summary":{"inputs":3,"ok":2,"skipped":1,"passed_over":{".svg":2}}})", "r: line 4");
  CHECK(summary.text() == R"({"summary":{"inputs":3,"ok":2,"skipped":1,"passed_over":{".svg":2}}})"
                          "\n");
  summary.add(R"({"summary":{"inputs":2,"ok":2,"skipped":0,"passed_over":{}}})", "s: line 3");
  summary.add(R"({"summary":{"passed_over":{".psd":7,".svg":5,".b":8}}})", "t: line 1");
  CHECK(summary.text() ==
        R"({"summary":{"inputs":5,"ok":4,"skipped":1,"passed_over":{".b":8,".psd":7,".svg":7}}})"
        "\n");
  CHECK(summary.number("ok") == 4);
  CHECK_FALSE(summary.number("other"));
}

TEST_CASE("report summary: updates are counted together with other runs", "[embeddings]") {
  const std::string fresh = R"({"summary":{"inputs":4,"ok":3,"skipped":1,"passed_over":{".svg":1}}})";
  const auto update = [](const std::string& rows) {
    return R"({"summary":{"inputs":5,"ok":5,"skipped":0,)" + rows + R"(,"passed_over":{}}})";
  };
  const std::string known = update(R"("reused":4,"encoded":1,"gone":2)");
  const std::string unknown = update(R"("reused":2,"encoded":3)");
  const auto sum = [](const std::vector<std::string>& summaries) {
    ReportSummary total;
    for (const std::string& summary : summaries) total.add(summary, "r");
    return total.text();
  };
  const auto expected = [](const std::string& counts, const std::string& rows) {
    return R"({"summary":{)" + counts + "," + rows + R"(,"passed_over":{".svg":1}}})" + "\n";
  };
  const std::string mixed =
      expected(R"("inputs":9,"ok":8,"skipped":1)", R"("reused":4,"encoded":4,"gone":2)");
  CHECK(sum({fresh, known}) == mixed);
  CHECK(sum({known, fresh}) == mixed);
  CHECK(sum({fresh, unknown}) == expected(R"("inputs":9,"ok":8,"skipped":1)", R"("reused":2,"encoded":6)"));
  // the number of one update is not that of all
  for (const auto& order : {std::vector{known, unknown, fresh}, std::vector{unknown, fresh, known}}) {
    CHECK(sum(order) == expected(R"("inputs":14,"ok":13,"skipped":1)", R"("reused":6,"encoded":7)"));
  }
  CHECK(sum({known, known}) ==
        R"({"summary":{"inputs":10,"ok":10,"skipped":0,"reused":8,"encoded":2,"gone":4,"passed_over":{}}})"
        "\n");
  ReportSummary large;
  large.add(R"({"summary":{"encoded":9223372036854775807}})", "r");
  CHECK(error_of([&] { large.add(R"({"summary":{"ok":1}})", "r"); }).code == "HEADER");
}

TEST_CASE("report summary: other lines are rejected", "[embeddings][error]") {
  for (const std::string_view line : {"", "[]", "{}", R"({"index":0})", R"({"summary":3})",
                                      R"({"summary":{"ok":1)", R"({"summary":{"ok":1,"ok":1}})"}) {
    INFO(line);
    ReportSummary summary;
    CHECK(error_of([&] { summary.add(line, "r: line 4"); }).code == "HEADER");
  }
  ReportSummary summary;
  summary.add(R"({"summary":{"ok":9223372036854775807}})", "r");
  CHECK(error_of([&] { summary.add(R"({"summary":{"ok":1}})", "r"); }).code == "HEADER");
  summary.add(R"({"summary":{"passed_over":{"a":9223372036854775807}}})", "r");
  CHECK(error_of([&] { summary.add(R"({"summary":{"passed_over":{"a":1}}})", "r"); }).code == "HEADER");
}
