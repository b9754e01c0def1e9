// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/format.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "support/catch.h"

using namespace sightline;

namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string number(float value) {
  std::string out;
  append_float(out, value);
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

}  // namespace

TEST_CASE("format: floats are printed in the shortest form that reads back as the same bits", "[base]") {
  CHECK(number(0.1F) == "0.1");
  CHECK(number(1.0F) == "1");
  CHECK(number(-0.0F) == "-0");
  CHECK(number(NAN) == "null");
  CHECK(number(-INFINITY) == "null");
  std::uint32_t bits = 12345;
  for (int i = 0; i < 2000; ++i) {
    bits = bits * 1664525U + 1013904223U;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) CHECK(std::strtof(number(value).c_str(), nullptr) == value);
  }
}

TEST_CASE("format: JSON strings escape control characters, keep UTF-8 and replace invalid bytes", "[base]") {
  CHECK(json("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json("\n\t\x01\x1f\x7f") == "\"\\n\\t\\u0001\\u001f\\u007f\"");
  CHECK(json("\xc3\xa9\xf0\x9f\x98\x80") == "\"\xc3\xa9\xf0\x9f\x98\x80\"");
  CHECK(json("a\xff"
             "b") ==
        "\"a\xef\xbf\xbd"
        "b\"");
}

TEST_CASE("format: UTF-8 validation is exact", "[base]") {
  CHECK(is_utf8("plain \xc3\xa9 \xe2\x82\xac \xf4\x8f\xbf\xbf"));
  for (const std::string_view bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98",
                                     "\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "a\xc3"}) {
    INFO(json(bad));
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("format: base64 pads as RFC 4648 specifies", "[base]") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("format: base64 is decoded if it is what encoding makes", "[base]") {
  for (const std::string_view bytes : {"", "f", "fo", "foo", "foobar", "\xff\xfe\xfd"}) {
    CHECK(decode_base64(base64(bytes)) == bytes);
  }
  for (const std::string_view bad :
       {"Z", "Zg", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zm-v", "Zm9v Zm9"}) {
    INFO(bad);
    CHECK_FALSE(decode_base64(bad));
  }
}

TEST_CASE("format: printable text contains no terminal control sequences and is short", "[base]") {
  CHECK(printable("a\x1b[31m\n\tb") == "a\\x1b[31m\\n\\tb");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\xc2\\x9b31m");
  CHECK(printable("\xc3\xa9") == "\xc3\xa9");
  CHECK(printable(std::string(10000, 'x')).size() <= 515);
}
