// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include "sightline/containers/tar.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/tar_bytes.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

/// Names of the members before the error, whose contents are read or passed over.
enum class Content { read, pass_over, leave };
struct Outcome {
  std::string names;
  Failure failure;
};
Outcome outcome(const std::string& archive, Content content = Content::read) {
  Outcome result;
  TarReader reader(std::make_unique<BufferedStream>(std::make_unique<ViewStream>(as_bytes(archive))),
                   "f.tar");
  TarMember member;
  result.failure = error_of([&] {
    while (reader.next(member)) {
      const bool file = member.kind == TarMemberKind::file;
      if (file && content == Content::read) (void)reader.read(1 << 28);
      if (file && content == Content::pass_over) reader.pass_over(1 << 28);
      result.names += member.name + " ";
    }
  });
  const std::string& code = result.failure.code;
  if (!code.empty() && (code != "LIMIT" || content == Content::leave))
    CHECK_FALSE(reader.next(member));  // an error is the end
  return result;
}
std::string code(const std::string& archive) { return outcome(archive).failure.code; }
std::string message(const std::string& archive) { return outcome(archive).failure.message; }

const std::string& good() {
  static const std::string member = tar_member({"a"}, "1");
  return member;
}

}  // namespace

TEST_CASE("tar: truncated anywhere, the members before are kept", "[io][tar][error]") {
  const std::string archive =
      good() + pax_header(pax_record("path", "b")) + tar_member({"x"}, "22") + tar_end();
  for (std::size_t size = 0; size < archive.size(); ++size) {
    for (const Content content : {Content::read, Content::pass_over, Content::leave}) {
      const Outcome result = outcome(archive.substr(0, size), content);
      const bool whole = size == 0 || size == 1024 || size >= 3072;
      INFO(size << " bytes, content " << static_cast<int>(content));
      CHECK(result.failure.code == (whole ? "" : "TRUNC"));
      if (size >= 1024) CHECK(result.names.starts_with("a "));
      if (size >= 3072) CHECK(result.names == "a b ");
    }
  }
  CHECK(message(good() + good().substr(0, 511)) == "f.tar: ends inside a member header");
  CHECK(message(good().substr(0, 512)) == "f.tar: the archive ends inside this member");
  CHECK(outcome(good().substr(0, 512), Content::pass_over).failure.message ==
        "f.tar: the archive ends inside this member");
  CHECK(outcome(good().substr(0, 512), Content::leave).failure.message ==
        "f.tar: ends inside the member 'a'");
}

TEST_CASE("tar: a damaged header is an error at its place, and ends the archive", "[io][tar][error]") {
  std::string bad = good();
  bad[0] = 'b';
  const Outcome result = outcome(good() + bad + good());
  CHECK(result.names == "a ");
  CHECK(result.failure.code == "CORRUPT");
  CHECK(result.failure.message.starts_with(
      "f.tar: has a damaged member header at byte 1024: its checksum is "));
  CHECK(code(bad) == "CORRUPT");  // with the magic of a tar archive
  put(bad, 148, "zz");
  CHECK(message(good() + bad).find("its checksum is not a number, expected ") != std::string::npos);
  CHECK(code(good() + std::string(512, 'x')) == "CORRUPT");
  CHECK(message(good() + std::string(512, '\0') + good()) ==
        "f.tar: has a damaged member header at byte 1024: it is a single block of zeros");
  // Every byte of a header but those of the checksum is covered by it.
  for (std::size_t i = 0; i < 512; ++i) {
    if (i >= 148 && i < 156) continue;
    std::string flipped = good();
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    CHECK_FALSE(code(flipped).empty());
  }
}

TEST_CASE("tar: the sum of signed bytes, as old programs wrote it, is accepted", "[io][tar]") {
  std::string block = tar_header({"caf\xe9"}, 0);
  int sum = 8 * ' ';
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (i < 148 || i >= 156) sum += static_cast<signed char>(block[i]);
  }
  char field[8];
  std::snprintf(field, sizeof field, "%06o", static_cast<unsigned>(sum));
  put(block, 148, std::string_view(field, 7));
  CHECK(outcome(block).names == "caf\xe9 ");
}

TEST_CASE("tar: a file of another kind is none", "[io][tar][error]") {
  CHECK(outcome(std::string(2000, 'x')).failure == Failure{"MAGIC", "f.tar: is not a tar archive"});
  CHECK(code("short") == "TRUNC");
}

TEST_CASE("tar: impossible sizes", "[io][tar][error]") {
  const auto sized = [](const std::string& size) {
    return code(good() + tar_member({.name = "b", .size = size}));
  };
  CHECK(sized("-0000000001") == "CORRUPT");
  CHECK(sized("0x000000001") == "CORRUPT");
  CHECK(sized("00000000008") == "CORRUPT");
  CHECK(sized(std::string(12, '\xff')) == "CORRUPT");                     // -1
  CHECK(sized("\xc0" + std::string(11, '\0')) == "CORRUPT");              // negative
  CHECK(sized("\xbf" + std::string(11, '\xff')) == "CORRUPT");            // 2^94 - 1
  CHECK(sized("\x80\0\0\0\x7f"s + std::string(7, '\xff')) == "CORRUPT");  // 2^63 - 1
  CHECK(sized("\x80\0\0\0\x80"s + std::string(7, '\0')) == "CORRUPT");    // 2^63
  CHECK(sized("\x80\0\0\0\x7f"s + std::string(5, '\xff') + "\xfd\xff") ==
        "LIMIT");  // 2^63 - 513: may be passed over
  CHECK(outcome(good() + tar_member(
                             {.name = "b", .size = "\x80\0\0\0\x7f"s + std::string(5, '\xff') + "\xfd\xff"}),
                Content::leave)
            .failure.code == "TRUNC");
  CHECK(sized("77777777777") == "LIMIT");
}

TEST_CASE("tar: the content that a header claims is not allocated before it is there", "[io][tar][error]") {
  const std::string claim = tar_member({.name = "a", .size = "01777777777"}) + std::string(1000, 'x');
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  CHECK(code(claim) == "TRUNC");  // 256 MiB - 1
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < (64 << 10));
}

TEST_CASE("tar: damaged pax records", "[io][tar][error]") {
  const auto with = [](const std::string& records, char type = 'x') {
    return code(good() + pax_header(records, type) + tar_member({"b"}));
  };
  CHECK(with("10 path=b\n") == "");
  for (const char* bad : {"8 path=b\n", "11 path=b\n", "0 path=b\n", "-10 path=b\n", "+10 path=b\n",
                          "10path=b\n", " 10 path=b\n", "99999999999999999999 path=b\n", "9 path=bb",
                          "9 pathbbb\n", "6 =bb\n", "10 path=b", "3 \n", "2 ", "x", "10 path=b\n3"}) {
    INFO(bad);
    CHECK(with(bad) == "CORRUPT");
    CHECK(with(bad, 'g') == "CORRUPT");
  }
  CHECK(with(pax_record("path", "a\0b"s)) == "CORRUPT");
  for (const char* size :
       {"-1", "+1", "1.5", "0x1", "9223372036854775807", "99999999999999999999", " 1", "1 "}) {
    CHECK(with(pax_record("size", size)) == "CORRUPT");
  }
  CHECK(message(good() + pax_header("10path=b\n") + good()) ==
        "f.tar: has a damaged pax header: the length of a record does not match the header");
}

TEST_CASE("tar: extended headers are limited in size and number, and belong to a member",
          "[io][tar][error]") {
  const auto chain = [](int count, const std::string& header) {
    std::string archive = good();
    for (int i = 0; i < count; ++i) archive += header;
    return code(archive + tar_member({"b"}));
  };
  for (const std::string& header : {pax_header("10 path=b\n"), pax_header("", 'g'), gnu_long_name("n")}) {
    CHECK(chain(100, header) == "");
    CHECK(chain(101, header) == "LIMIT");
    CHECK(code(good() + header) == "TRUNC");
    CHECK(code(good() + header + tar_end()) == "CORRUPT");
  }
  for (const char type : {'x', 'g', 'L', 'K'}) {
    CHECK(code(good() + tar_member({.name = "n", .type = type, .size = "00004000001"})) == "LIMIT");
    CHECK(code(good() + tar_member({.name = "n", .type = type, .size = "77777777777"})) == "LIMIT");
    CHECK(code(good() + tar_member({.name = "n", .type = type, .size = "00004000000"})) == "TRUNC");
  }
}
