// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/token_template.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Ids = std::vector<std::int32_t>;

TokenTemplate read(const std::string& json) {
  const JsonDocument document(json, "tokenizer.json");
  return make_token_template(document.root());
}

constexpr const char* kText = R"({"Sequence":{"id":"A","type_id":0}})";

std::string with_single(const std::string& single) {
  return R"({"type":"TemplateProcessing","single":[)" + single +
         R"(],"pair":[],"special_tokens":{"s":{"id":"s","ids":[7,8],"tokens":["x","y"]}}})";
}

}  // namespace

TEST_CASE("token template: each form of a post-processor adds its tokens", "[text]") {
  const std::string token = R"({"SpecialToken":{"id":"s","type_id":0}})";
  CHECK(read("null").start_id() == kNoToken);
  CHECK(read(R"({"type":"ByteLevel"})").end_id() == kNoToken);
  const TokenTemplate both = read(with_single(token + "," + kText + "," + token));
  CHECK(both.before == Ids{7, 8});
  CHECK(both.after == Ids{7, 8});
  CHECK(both.start_id() == 7);
  CHECK(both.end_id() == 8);
  const std::string roberta = R"({"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",1]})";
  CHECK(read(roberta).before == Ids{1});
  const std::string sequence = R"({"type":"Sequence","processors":[)" + roberta + "," +
                               with_single(std::string(kText) + "," + token) + "]}";
  CHECK(read(sequence).before == Ids{1});
  CHECK(read(sequence).after == Ids{2, 7, 8});
}

TEST_CASE("token template: other forms are errors", "[text]") {
  CHECK(error_of([] { read(R"({"type":"Other"})"); }).code == "UNSUP");
  CHECK(error_of([] { read(with_single("")); }).code == "UNSUP");
  CHECK(error_of([] { read(with_single(std::string(kText) + "," + kText)); }).code == "UNSUP");
  CHECK(error_of([] { read(with_single(R"({"Sequence":{"id":"B","type_id":0}})")); }).code == "UNSUP");
  CHECK(error_of([] { read(with_single(R"({"SpecialToken":{"id":"t"}},)" + std::string(kText))); }).code ==
        "MISSING");
  CHECK(error_of([] { read(R"({"type":"BertProcessing","sep":["</s>"],"cls":["<s>",1]})"); }).code ==
        "HEADER");
}

TEST_CASE("token template: a text that is too long loses its end or its start, never the tokens around",
          "[text]") {
  TokenTemplate around;
  around.before = {1};
  around.after = {2};
  CHECK(around.apply({5, 6, 7}, 5, false).ids == Ids{1, 5, 6, 7, 2});
  CHECK_FALSE(around.apply({5, 6, 7}, 5, false).truncated);
  CHECK(around.apply({5, 6, 7}, 4, false).ids == Ids{1, 5, 6, 2});
  CHECK(around.apply({5, 6, 7}, 4, true).ids == Ids{1, 6, 7, 2});
  CHECK(around.apply({5, 6, 7}, 4, true).truncated);
  CHECK(around.apply({5}, 1, false).ids == Ids{2});
  CHECK(around.apply({5}, 0, false).ids.empty());
  around.end_once = true;
  CHECK(around.apply({5, 2, 7}, 4, false).ids == Ids{1, 5, 2});
}
