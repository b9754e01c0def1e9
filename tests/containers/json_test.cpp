// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/json.h"

#include <cstring>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using sightline::testing::error_of;
using sightline::testing::Failure;

namespace {

Failure refusal(const std::string& text, JsonLimits limits = {}) {
  return error_of([&] { const JsonDocument document(text, "f.json", limits); });
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

}  // namespace

TEST_CASE("json: values are parsed exactly", "[io]") {
  const JsonDocument document(
      R"({"i": -7, "u": 18446744073709551615, "d": 1.5e3, "s": "a\u00e9\u0000", "b": true, "n": null,)"
      R"( "a": [1, [2, 3], {}], "o": {"k": "v"}})",
      "f.json");
  const Json root = document.root();
  CHECK(root.is_object());
  CHECK(root.size() == 8);
  CHECK(root.at("i").as_integer() == -7);
  CHECK(root.at("i").as_double() == -7.0);
  CHECK(root.at("d").as_double() == 1500.0);
  CHECK_FALSE(root.at("d").is_integer());
  CHECK(root.at("s").as_string() == std::string_view("a\xC3\xA9\0", 4));
  CHECK(root.at("b").as_bool());
  CHECK(root.at("n").is_null());
  CHECK(root.find("n").has_value());
  CHECK_FALSE(root.find("absent").has_value());
  CHECK(root.at("u").is_integer());
  CHECK(root.at("u").as_double() == 18446744073709551615.0);
  CHECK(root.at("a").size() == 3);
  CHECK(root.at("o").at("k").as_string() == "v");
  CHECK(root.at("i").size() == 0);

  std::vector<std::string> paths;
  root.at("a").for_each_element([&](const Json& element) {
    paths.push_back(element.path());
    if (element.is_array())
      element.for_each_element([&](const Json& inner) { paths.push_back(inner.path()); });
  });
  CHECK(paths == std::vector<std::string>{"f.json: a[0]", "f.json: a[1]", "f.json: a[1][0]",
                                          "f.json: a[1][1]", "f.json: a[2]"});
  std::string keys;
  root.for_each_member([&](std::string_view key, const Json&) { keys += key; });
  CHECK(keys == "iudsbnao");
  CHECK(root.at("o").at("k").path() == "f.json: o.k");
  CHECK(root.path() == "f.json");
}

TEST_CASE("json: scalars and empty containers are documents", "[io]") {
  CHECK(JsonDocument(" 12 ", "f").root().as_integer() == 12);
  CHECK(JsonDocument("\"x\"", "f").root().as_string() == "x");
  CHECK(JsonDocument("[]", "f").root().size() == 0);
  CHECK(JsonDocument("{}\n \t", "f").root().size() == 0);
  JsonDocument first("[1]", "f");
  JsonDocument second("[2]", "f");
  first = std::move(second);
  CHECK(first.root().size() == 1);
}

TEST_CASE("json: a value of the wrong type is rejected with its path", "[io][error]") {
  const JsonDocument document(R"({"a": {"b": ["x", 1.5, 3]}})", "c.json");
  const Json list = document.root().at("a").at("b");
  std::vector<Json> elements;
  list.for_each_element([&](const Json& element) { elements.push_back(element); });

  CHECK(error_of([&] { (void)elements[0].as_integer(); }) ==
        Failure{"TYPE", "c.json: a.b[0]: is a string, expected an integer"});
  CHECK(error_of([&] { (void)elements[1].as_integer(); }) ==
        Failure{"TYPE", "c.json: a.b[1]: is a number with a fraction or exponent, expected an integer"});
  CHECK(error_of([&] { (void)elements[2].as_integer(4, 9); }) ==
        Failure{"RANGE", "c.json: a.b[2]: is 3, expected 4 to 9"});
  CHECK(error_of([&] { (void)elements[2].as_string(); }) ==
        Failure{"TYPE", "c.json: a.b[2]: is an integer, expected a string"});
  CHECK(error_of([&] { (void)list.as_bool(); }) ==
        Failure{"TYPE", "c.json: a.b: is an array, expected a boolean"});
  CHECK(error_of([&] { (void)list.as_double(); }).code == "TYPE");
  CHECK(error_of([&] { (void)list.find("k"); }) ==
        Failure{"TYPE", "c.json: a.b: is an array, expected an object"});
  CHECK(error_of([&] { list.for_each_member([](std::string_view, const Json&) {}); }).code == "TYPE");
  CHECK(error_of([&] { document.root().for_each_element([](const Json&) {}); }).code == "TYPE");
  CHECK(error_of([&] { (void)document.root().at("z"); }) == Failure{"MISSING", "c.json: has no member 'z'"});
  const JsonDocument large("[18446744073709551614]", "n.json");
  large.root().for_each_element([&](const Json& element) {
    CHECK(error_of([&] { (void)element.as_integer(0, 5); }) ==
          Failure{"RANGE", "n.json: [0]: is 18446744073709551614, expected 0 to 5"});
    CHECK(error_of([&] { (void)element.as_integer(); }).code == "RANGE");
    CHECK(error_of([&] { (void)element.as_integer(0); }).code == "RANGE");
  });
}

TEST_CASE("json: C01 an empty text and a second document are rejected", "[io][error]") {
  CHECK(refusal("") == Failure{"HEADER", "f.json: is empty, expected JSON"});
  CHECK(refusal("   \n").code == "HEADER");
  CHECK(refusal(R"({"a":1} {})").code == "HEADER");
  CHECK(refusal(R"({"a":1} 2)").code == "HEADER");
  CHECK(refusal("1 2").code == "HEADER");
  CHECK(refusal(std::string("[1]\0", 4)).code == "HEADER");
  // C01's `[]` is JSON, but a configuration must be an object.
  CHECK(error_of([] { (void)JsonDocument("[]", "f.json").root().at("a"); }).code == "TYPE");
}

TEST_CASE("json: C02 a byte order mark is reported as such", "[io][error]") {
  const Failure failure = refusal("\xEF\xBB\xBF{}");
  CHECK(failure.code == "HEADER");
  CHECK_THAT(failure.message, Contains("BOM"));
}

TEST_CASE("json: C03 nesting beyond the limit is rejected", "[io][error]") {
  CHECK(refusal(nested(64)).code.empty());
  CHECK(refusal(nested(65)).code == "HEADER");
  CHECK(refusal(R"({"unused": )" + nested(100'000) + "}").code == "HEADER");
  CHECK_THAT(refusal(nested(65)).message, Contains("nested too deeply, at most 64"));
  CHECK_THAT(refusal(nested(100'000)).message, Contains("nested too deeply, at most 64"));
  CHECK(refusal(nested(3), {.max_depth = 3}).code.empty());
  CHECK(refusal(nested(4), {.max_depth = 3}).code == "HEADER");
}

TEST_CASE("json: a duplicate key is rejected with its path, however it is spelled", "[io][error]") {
  CHECK(refusal(R"({"a":1,"b":2,"a":3})") == Failure{"DUP", "f.json: a: duplicate key"});
  CHECK(refusal(R"({"a":1,"\u0061":1})").code == "DUP");
  CHECK(refusal(R"([{"x":{"q":1,"q":1}}])") == Failure{"DUP", "f.json: [0].x.q: duplicate key"});
  CHECK(refusal(R"({"":1,"":1})").code == "DUP");
  CHECK(refusal(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})").code.empty());
}

TEST_CASE("json: duplicates are found among many members, at any position", "[io][error]") {
  const int count = GENERATE(7, 8, 9, 100, 5000);
  const int second = GENERATE(0, 1, 3);
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += in_quotes("key" + std::to_string(i)) + ":0,";
  const std::string clean = text + R"("end":0})";
  CHECK(refusal(clean).code.empty());
  text += in_quotes("key" + std::to_string(second)) + ":0}";
  CHECK(refusal(text).message == "f.json: key" + std::to_string(second) + ": duplicate key");
}

TEST_CASE("json: malformed JSON is rejected", "[io][error]") {
  const std::string text = GENERATE("{", "[1,]", "{\"a\":NaN}", "[Infinity]", "[nul]", "[01]", "[1.]", "[-]",
                                    "[1e]", "[\"\n\"]", "[\"\\x\"]", "[\"\\ud800\"]", "[\"abc]", "{a:1}",
                                    "[1}", "//x\n[]", "['a']", "[+1]", "{\"a\" 1}", "{1:2}", "\xFF\xFEx");
  CHECK((refusal(text).code == "HEADER" || refusal(text).code == "UTF8"));
}

TEST_CASE("json: invalid UTF-8 is rejected as such", "[io][error]") {
  CHECK(refusal("[\"\xFF\"]") == Failure{"UTF8", "f.json: is not UTF-8"});
  CHECK(refusal("[\"\xC0\xAF\"]").code == "UTF8");
  CHECK(refusal("[\"\xED\xA0\x80\"]").code == "UTF8");
  CHECK(refusal("[\"\xF4\x90\x80\x80\"]").code == "UTF8");
  CHECK(refusal("[\"\xE2\x82").code == "UTF8");
}

TEST_CASE("json: a number that fits no type is out of range", "[io][error]") {
  CHECK(refusal("[1e999]").code == "RANGE");
  CHECK(refusal("[18446744073709551616]").code == "RANGE");
  CHECK(refusal(R"({"1..": -99999999999999999999})").code == "RANGE");
  CHECK(refusal("[18446744073709551616, 01]").code == "HEADER");
}

TEST_CASE("json: limits are enforced", "[io][error]") {
  CHECK(refusal("[1,2,3]", {.max_bytes = 7}).code.empty());
  CHECK(refusal("[1,2,3]", {.max_bytes = 6}).code == "LIMIT");
  CHECK(refusal("[1,2,3]", {.max_values = 4}).code.empty());
  CHECK(refusal("[1,2,3]", {.max_values = 3}).code == "LIMIT");
}

namespace {

// The slot of an eight-byte key in json.cpp's table of 8192.
std::uint64_t slot_of(const std::string& key) {
  std::uint64_t word = 0, hash = 0xCBF29CE484222325ULL ^ 8U;
  std::memcpy(&word, key.data(), 8);
  for (const std::uint64_t next : {word, std::uint64_t{0}}) {
    hash = (hash ^ next) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 32;
  }
  return hash & 8191U;
}

}  // namespace

TEST_CASE("json: keys that collide on purpose are distinguished, and a duplicate among them is found",
          "[io][property]") {
  std::string text = "{", last;
  int found = 0;
  for (int i = 10'000'000; found < 600; ++i) {
    const std::string key = std::to_string(i);
    if (slot_of(key) != 17) continue;
    text += in_quotes(key) + ":1,";
    last = key;
    ++found;
  }
  for (int i = 0; i < 3000; ++i) text += in_quotes("other" + std::to_string(i)) + ":1,";
  CHECK(refusal(text + R"("z":1})").code.empty());
  const Failure failure = refusal(text + in_quotes(last) + ":2}");
  CHECK(failure.code == "DUP");
  CHECK_THAT(failure.message, Contains(last.c_str()));
}

// Elements of short arrays of scalars are stored differently from all others.
TEST_CASE("json: short and long arrays behave alike", "[io]") {
  for (const int elements : {0, 1, 2, 8, 9, 40}) {
    for (const std::string last : {"", "[]", "{}", "null", "\"x\""}) {
      INFO(elements << " numbers and " << last);
      std::string text = "[";
      for (int i = 0; i < elements; ++i) text += (i == 0 ? "" : ",") + std::to_string(i);
      if (!last.empty()) text += (elements == 0 ? "" : ",") + last;
      const JsonDocument document("{\"a\":" + text + "]}", "f.json");
      const Json array = document.root().at("a");
      CHECK(array.size() == elements + (last.empty() ? 0 : 1));
      std::int64_t seen = 0;
      array.for_each_element([&](const Json& element) {
        CHECK(element.path() == "f.json: a[" + std::to_string(seen) + "]");
        if (seen < elements) {
          CHECK(element.as_integer() == seen);
          CHECK(element.size() == 0);
          CHECK_THROWS_WITH(element.as_string(), Contains("a[" + std::to_string(seen) + "]"));
          CHECK_THROWS_WITH(element.find("b"), Contains("expected an object"));
        } else {
          CHECK(element.is_array() == (last == "[]"));
          CHECK(element.is_object() == (last == "{}"));
          CHECK(element.is_null() == (last == "null"));
          CHECK(element.is_string() == (last == "\"x\""));
        }
        ++seen;
      });
      CHECK(seen == array.size());
      // The document, the array and its elements.
      const JsonLimits enough{.max_values = 2 + seen}, few{.max_values = 1 + seen};
      CHECK_NOTHROW(JsonDocument("{\"a\":" + text + "]}", "f.json", enough));
      CHECK_THROWS_WITH(JsonDocument("{\"a\":" + text + "]}", "f.json", few), Contains("values"));
    }
  }
  CHECK_THROWS_WITH(JsonDocument("[[[]]]", "f.json", {.max_depth = 2}), Contains("too deep"));
  CHECK_NOTHROW(JsonDocument("[[[]]]", "f.json", {.max_depth = 3}));
  const JsonDocument root("[1, 2]", "f.json");
  root.root().for_each_element(
      [&](const Json& element) { CHECK_THAT(element.path(), Contains("f.json: [")); });
}

TEST_CASE("json: the text of a member is returned as written", "[io]") {
  const std::string text = R"( { "a" : {"b":[1, 2,{"c":"}\\\""}]} , "b":"x,\"y" ,"c":-1.50, "d":[] } )"
                           "\n";
  const JsonDocument document(text, "t");
  CHECK(member_text(text, "a") == R"({"b":[1, 2,{"c":"}\\\""}]})");
  CHECK(member_text(text, "b") == R"("x,\"y")");
  CHECK(member_text(text, "c") == "-1.50");
  CHECK(member_text(text, "d") == "[]");
  CHECK(member_text(text, "e").empty());
  CHECK(member_text("{}", "a").empty());
  CHECK(member_text("[1]", "a").empty());
  CHECK(member_text(R"({"a":1})", "a") == "1");
}

TEST_CASE("json: a search for the text of a member stays within any text", "[io]") {
  const std::string text = R"({"a":"\"","b":{"c":[1]},"d":2})";
  for (std::size_t size = 0; size <= text.size(); ++size) (void)member_text(text.substr(0, size), "d");
  for (const std::string_view odd :
       {"{", "{\"", "{\"\\", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":]", "}", "{\"a\":}}"})
    CHECK(member_text(odd, "b").empty());
}
