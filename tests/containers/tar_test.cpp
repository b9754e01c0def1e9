// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/tar.h"

#include "support/catch.h"
#include "support/error_of.h"
#include "support/tar_bytes.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

constexpr std::int64_t kAny = 1 << 30;

TarReader reader_of(const std::string& archive) {
  return {std::make_unique<BufferedStream>(std::make_unique<ViewStream>(as_bytes(archive))), "f.tar"};
}

const char* name_of(TarMemberKind kind) {
  constexpr const char* kNames[] = {"file", "folder", "link", "sparse", "other"};
  return kNames[static_cast<int>(kind)];
}

/// "name=content" of each file and "name(kind)" of each other member, then the class of the error, if any.
std::string listing(const std::string& archive) {
  std::string out;
  const Failure failure = error_of([&] {
    TarReader reader = reader_of(archive);
    for (TarMember member; reader.next(member);) {
      out += member.name + (member.kind == TarMemberKind::file ? "=" : "("s + name_of(member.kind) + ")");
      if (member.kind == TarMemberKind::file) out += as_text(reader.read(kAny));
      out += ' ';
    }
  });
  return out + failure.code;
}

/// The names alone; contents are passed over.
std::string names(const std::string& archive) {
  std::string out;
  TarReader reader = reader_of(archive);
  for (TarMember member; reader.next(member);) out += member.name + " ";
  return out;
}

std::string base256(std::uint64_t value) {
  std::string field = "\x80\0\0\0"s;
  for (int shift = 56; shift >= 0; shift -= 8) field += static_cast<char>(value >> shift);
  return field;
}

}  // namespace

TEST_CASE("tar: reads the members of ustar, GNU and V7 archives in order", "[io][tar]") {
  for (const std::string_view magic : {kPosixMagic, kGnuMagic, std::string_view()}) {
    const std::string archive = tar_member({"a.jpg", magic}, "one") + tar_member({"b", magic}) +
                                tar_member({"c/d", magic}, std::string(512, 'x')) + tar_end();
    CHECK(listing(archive) == "a.jpg=one b= c/d=" + std::string(512, 'x') + " ");
    CHECK(names(archive) == "a.jpg b c/d ");
  }
}

TEST_CASE("tar: a member can be passed over after a refused read", "[io][tar]") {
  const std::string archive = tar_member({"a"}, "four") + tar_member({"b"}, "2") + tar_end();
  TarReader reader = reader_of(archive);
  TarMember member;
  REQUIRE(reader.next(member));
  CHECK(member.size == 4);
  CHECK(error_of([&] { (void)reader.read(3); }) ==
        Failure{"LIMIT", "f.tar: is larger than the limit of 3 bytes"});
  REQUIRE(reader.next(member));
  CHECK(as_text(reader.read(3)) == "2");
  CHECK_FALSE(reader.next(member));
  CHECK_FALSE(reader.next(member));
}

TEST_CASE("tar: links, folders, devices and sparse files have a kind, and their content is passed over",
          "[io][tar]") {
  const auto one = [](char type, std::string_view magic = kPosixMagic) {
    return listing(tar_member({"m", magic, type}) + tar_member({"z"}, "1") + tar_end());
  };
  CHECK(one('0') == "m= z=1 ");
  CHECK(one('\0') == "m= z=1 ");
  CHECK(one('7') == "m= z=1 ");
  CHECK(one('1') == "m(link) z=1 ");
  CHECK(one('2') == "m(link) z=1 ");
  CHECK(one('3') == "m(other) z=1 ");
  CHECK(one('5') == "m(folder) z=1 ");
  CHECK(one('6') == "m(other) z=1 ");
  CHECK(one('V', kGnuMagic) == "m(other) z=1 ");
  CHECK(listing(tar_member({"m", kGnuMagic, 'D'}, "Ya\0\0"s) + tar_member({"z"}, "1")) == "m(folder) z=1 ");
  CHECK(listing(tar_member({"m/", "", '\0'}) + tar_member({"z"}, "1")) == "m/(folder) z=1 ");
  // The start of a long name may end in a slash, too.
  CHECK(listing(gnu_long_name("d/m") + tar_member({"d/", kGnuMagic}, "2")) == "d/m=2 ");
  CHECK(listing(pax_header(pax_record("path", "d/m")) + tar_member({"d/"}, "2")) == "d/m=2 ");
  // Some programs give links and folders a size, without any content.
  for (const char type : {'1', '2', '5'}) {
    const std::string sized = tar_member({"m", kPosixMagic, type, "00000001000"});
    CHECK(listing(sized + tar_member({"z"}, "1")).ends_with("z=1 "));
  }
}

TEST_CASE("tar: sparse files of all of GNU's formats are recognised", "[io][tar]") {
  std::string old = tar_header({"old", kGnuMagic, 'S'}, 3);
  old[482] = 1;  // the map goes on in the next block, and in the one after it
  set_checksum(old);
  std::string map(1024, '\0');
  map[504] = 1;
  CHECK(listing(old + map + padded_to_block("abc") + tar_member({"z"}, "1")) == "old(sparse) z=1 ");
  CHECK(listing(old + map.substr(0, 700)) == "TRUNC");
  for (const char* key : {"GNU.sparse.major", "GNU.sparse.size", "GNU.sparse.map"}) {
    const std::string records = pax_record("GNU.sparse.name", "real") + pax_record(key, "1");
    CHECK(listing(pax_header(records) + tar_member({"GNUSparseFile.0/real"}, "abc") +
                  tar_member({"z"}, "1")) == "real(sparse) z=1 ");
  }
}

TEST_CASE("tar: long names", "[io][tar]") {
  const std::string long_name = std::string(3000, 'n') + ".jpg";
  CHECK(names(tar_member({.name = "a.jpg", .prefix = "folder/of"})) == "folder/of/a.jpg ");
  CHECK(names(tar_member({.name = "a.jpg", .prefix = std::string(155, 'p')})) ==
        std::string(155, 'p') + "/a.jpg ");
  CHECK(names(tar_member({.name = std::string(100, 'n')})) == std::string(100, 'n') + " ");
  // GNU's headers have times in place of the prefix.
  CHECK(names(tar_member({.name = "a.jpg", .magic = kGnuMagic, .prefix = "12345670123"})) == "a.jpg ");
  CHECK(names(gnu_long_name(long_name) + tar_member({"cut", kGnuMagic}) + tar_member({"b"})) ==
        long_name + " b ");
  CHECK(names(gnu_long_name("target", 'K') + gnu_long_name("m") + tar_member({"cut"})) == "m ");
  CHECK(names(pax_header(pax_record("path", long_name)) + tar_member({"cut"}) + tar_member({"b"})) ==
        long_name + " b ");
  CHECK(names(pax_header(pax_record("path", "x"), 'X') + tar_member({"cut"})) == "x ");
  CHECK(names(gnu_long_name("gnu") + pax_header(pax_record("path", "pax")) + tar_member({"cut"})) == "pax ");
  // star writes 131 bytes of prefix, then times.
  std::string star = tar_header({.name = "a", .prefix = std::string(131, 'p') + "12345670123"}, 0);
  put(star, 508, "tar\0"s);
  set_checksum(star);
  CHECK(names(star) == std::string(131, 'p') + "/a ");
}

TEST_CASE("tar: names are bytes and lead nowhere", "[io][tar]") {
  for (const std::string name : {"/etc/passwd", "../../up", "caf\xe9", "line\nbreak", ""}) {
    CHECK(names(tar_member({name})) == name + " ");
  }
}

TEST_CASE("tar: pax sizes, global headers and removed values", "[io][tar]") {
  const std::string big = tar_header({.name = "a", .size = "00000000000"}, 0) + padded_to_block("four");
  CHECK(listing(pax_header(pax_record("size", "4")) + big + tar_member({"b"}, "1")) == "a=four b=1 ");
  const std::string global = pax_header(pax_record("path", "all") + pax_record("comment", "x"), 'g');
  CHECK(names(global + tar_member({"a"}) + tar_member({"b"})) == "all all ");
  CHECK(names(global + pax_header(pax_record("path", "own")) + tar_member({"a"}) + tar_member({"b"})) ==
        "own all ");
  CHECK(names(global + pax_header(pax_record("path", ""), 'g') + tar_member({"a"})) == "a ");
  CHECK(names(pax_header(pax_record("path", "x") + pax_record("path", "")) + tar_member({"a"})) == "a ");
  CHECK(names(pax_header(pax_record("mtime", "1.5") + pax_record("SCHILY.xattr.user.a", "a=b\nc\0"s)) +
              tar_member({"a"})) == "a ");
  CHECK(names(pax_header("") + tar_member({"a"})) == "a ");
}

TEST_CASE("tar: sizes in base-256 and octal", "[io][tar]") {
  for (const std::string& size : {base256(3), "3"s, "          3\0"s, "3 "s, "000000000003"s}) {
    CHECK(listing(tar_member({.name = "a", .size = size}, "abc") + tar_member({"b"})) == "a=abc b= ");
  }
  const std::string none = tar_member({.name = "a", .size = "\0"s});
  CHECK(listing(none) == "a= ");
}

TEST_CASE("tar: ends at two zero blocks, at one, or at the end of the file", "[io][tar]") {
  const std::string member = tar_member({"a"}, "1");
  CHECK(listing("") == "");
  CHECK(listing(tar_end()) == "");
  CHECK(listing(member) == "a=1 ");
  CHECK(listing(member + std::string(512, '\0')) == "a=1 ");
  CHECK(listing(member + std::string(700, '\0')) == "a=1 ");
  CHECK(listing(member + tar_end() + member + "garbage") == "a=1 ");
}
