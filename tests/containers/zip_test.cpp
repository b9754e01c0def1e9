// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/zip.h"

#include "support/catch.h"
#include "support/error_of.h"
#include "support/zip_bytes.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

constexpr std::int64_t kAny = INT64_MAX;

Failure refusal(const std::string& file) {
  return error_of([&] { (void)ZipArchive(as_bytes(file), "f"); });
}
std::string code(const std::string& file) { return refusal(file).code; }
std::string code(const ZipMember& member) { return code(zip_bytes({member})); }

// The content of the first member.
std::string content(const std::string& file, std::int64_t max_bytes = kAny) {
  const ZipArchive archive(as_bytes(file), "f");
  return std::string(as_text(archive.read(archive.entries().at(0), max_bytes).bytes));
}
Failure content_refusal(const ZipMember& member, std::int64_t max_bytes = kAny) {
  return error_of([&] { (void)content(zip_bytes({member}), max_bytes); });
}

template <class Change>
ZipMember changed(Change change) {
  ZipMember member("a/data.pkl", "content");
  change(member);
  return member;
}

// A deflate stream of one block with fixed codes: a zero, then `repeats` times 258 zeros.
std::string deflated_zeros(std::int64_t repeats) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  const auto put = [&](std::uint32_t value, int width) {
    bits |= value << count;
    for (count += width; count >= 8; count -= 8, bits >>= 8) out.push_back(static_cast<char>(bits));
  };
  put(0b011, 3);       // the last block, fixed codes
  put(0b00001100, 8);  // literal 0 (codes are written from their highest bit)
  for (std::int64_t i = 0; i < repeats; ++i) {
    put(0b10100011, 8);  // a match of 258 bytes
    put(0, 5);           // one byte back
  }
  put(0, 7);  // end of block
  put(0, 7);  // the rest of the last byte
  return out;
}

ZipMember deflated(std::string stream, const std::string& bytes) {
  ZipMember member("a", bytes);
  member.bytes = std::move(stream);
  member.stored_size = static_cast<std::uint32_t>(member.bytes.size());
  member.method = 8;
  return member;
}

}  // namespace

TEST_CASE("zip: members are found by name, and stored ones are views", "[io]") {
  const std::string file = zip_bytes({{"b/2", "two"}, {"b/1", "one"}, {"a", ""}});
  const ZipArchive archive(as_bytes(file), "f");
  REQUIRE(archive.entries().size() == 3);
  CHECK(archive.entries()[0].name == "a");
  CHECK(archive.find("b/3") == nullptr);
  CHECK(archive.find("") == nullptr);
  const ZipEntry* entry = archive.find("b/2");
  REQUIRE(entry != nullptr);
  const ZipContent content = archive.read(*entry, 3);
  CHECK(as_text(content.bytes) == "two");
  CHECK(content.owner == nullptr);
  CHECK(reinterpret_cast<const char*>(content.bytes.data()) == file.data() + 33);
  CHECK(error_of([&] { (void)archive.read(*entry, 2); }).code == "LIMIT");
  CHECK(ZipArchive(as_bytes(zip_bytes({})), "f").entries().empty());
}

TEST_CASE("zip: deflated members are inflated", "[io]") {
  const std::string zeros(1 + 258 * 3, '\0');
  CHECK(content(zip_bytes({deflated(deflated_zeros(3), zeros)})) == zeros);
  // a stored block
  CHECK(content(zip_bytes({deflated("\1\3\0\xFC\xFF"
                                    "abc"s,
                                    "abc")})) == "abc");
  CHECK(content(zip_bytes({deflated("\3\0"s, "")})).empty());
}

TEST_CASE("zip: zip64 and data descriptors as PyTorch writes them", "[io]") {
  const std::string plain = zip_bytes({{"a", "content"}}, {.wide = true});
  CHECK(content(plain) == "content");

  // sizes after the data, none in the local header
  std::string file = zip_bytes({changed([](ZipMember& member) { member.flags = 8; })});
  for (const std::size_t at : {14U, 18U, 22U}) file.replace(at, 4, std::string(4, '\0'));
  CHECK(content(file) == "content");
  file[6] = 0;  // without the flag, both must state them
  CHECK(code(file) == "UNSAFE");

  // sizes in the extra fields
  ZipMember member("a", "content");
  member.size = member.stored_size = 0xFFFFFFFF;
  std::string extra("FB\1\0Z\1\0\x10\0", 9);
  append_number<std::uint64_t>(extra, 7);
  append_number<std::uint64_t>(extra, 7);
  member.extra = member.local_extra = extra;
  CHECK(content(zip_bytes({member})) == "content");
  member.extra.pop_back();
  CHECK(code(member) == "HEADER");
  member.extra.clear();
  CHECK(code(member) == "RANGE");
  member.extra = extra + extra;
  CHECK(code(member) == "DUP");
}

TEST_CASE("zip: Z01 an archive without its end record is truncated", "[io][error]") {
  const std::string file = zip_bytes({{"a", "content"}, {"b", std::string(100, 'x')}});
  CHECK(code(file).empty());
  for (std::size_t size = 4; size < file.size(); ++size) CHECK(code(file.substr(0, size)) == "TRUNC");
  std::string commented = zip_bytes({{"a", "x"}}, {.comment = "a comment"});
  commented.pop_back();
  CHECK(code(commented) == "TRUNC");
}

TEST_CASE("zip: Z02 impossible numbers in the end record", "[io][error]") {
  const std::vector<ZipMember> members = {{"a", "content"}};
  CHECK(code(zip_bytes(members, {.entries = 0xFFFF})) == "RANGE");
  CHECK(code(zip_bytes(members, {.offset = 1000})) == "RANGE");
  CHECK(code(zip_bytes(members, {.offset = 0xFFFFFFFE})) == "RANGE");
  CHECK(code(zip_bytes(members, {.offset = 30})) == "HEADER");
  CHECK(code(zip_bytes(members, {.entries = 2})) == "RANGE");
  CHECK(code(zip_bytes(members, {.entries = 0})) == "HEADER");
  CHECK(code(zip_bytes(members, {.entries = 50'000, .wide = true})) == "RANGE");
  CHECK_THAT(refusal(zip_bytes(members, {.entries = 0xFFFF})).message,
             Contains("a zip64 end record that does not exist"));
  CHECK_THAT(refusal(zip_bytes(members, {.offset = 0xFFFFFFFF})).message,
             Contains("a zip64 end record that does not exist"));
  std::string gap = zip_bytes(members);
  gap.insert(gap.find("PK\5\6"), "junk");
  CHECK(code(gap) == "HEADER");
  std::string disks = zip_bytes(members);
  const std::size_t end = disks.find("PK\5\6");
  CHECK(code(std::string(disks).replace(end + 4, 4, "\1\0\1\0"s)) == "UNSUP");
  CHECK(code(std::string(disks).replace(end + 4, 4, "\xFF\xFF\0\0"s)) == "UNSUP");
}

TEST_CASE("zip: the two end records must agree", "[io][error]") {
  const std::string file = zip_bytes({{"a", "content"}}, {.wide = true});
  const std::size_t wide = file.find("PK\6\6"), locator = file.find("PK\6\7"), end = file.find("PK\5\6");
  const auto with = [&](std::size_t at, char byte) {
    std::string other = file;
    other[at] = byte;
    return code(other);
  };
  CHECK(with(wide + 24, 2) == "UNSUP");   // entries on this disk
  CHECK(with(wide + 40, 1) == "HEADER");  // size of the directory
  CHECK(with(wide + 48, 1) == "HEADER");  // offset of the directory
  CHECK(with(wide + 4, 45) == "HEADER");  // size of the record
  CHECK(with(wide + 16, 1) == "UNSUP");   // disks
  CHECK(with(locator + 4, 1) == "UNSUP");
  CHECK(with(locator + 16, 2) == "UNSUP");
  CHECK(with(locator + 8, 1) == "RANGE");  // no record at this offset
  CHECK(with(locator + 15, '\x7F') == "RANGE");
  CHECK(with(end + 4, 1) == "UNSUP");
  CHECK(with(end + 8, 2) == "UNSUP");
}

TEST_CASE("zip: Z03 a second end record inside the comment", "[io][error]") {
  const std::string end = zip_bytes({});  // an end record that ends with the file
  CHECK(code(zip_bytes({{"a", "content"}}, {.comment = end})) == "HEADER");
  CHECK(content(zip_bytes({{"a", "content"}}, {.comment = end + "!"})) == "content");
  CHECK(code(zip_bytes({{"a", "content"}}) + "!") == "HEADER");
  const std::string longest(0xFFFF, 'c');
  CHECK(content(zip_bytes({{"a", "content"}}, {.comment = longest})) == "content");
  CHECK(code("MZ" + zip_bytes({{"a", "content"}}, {.comment = longest})) == "HEADER");
}

TEST_CASE("zip: Z04 a local header that differs from the directory is unsafe", "[io][error]") {
  CHECK(code(changed([](ZipMember& member) { member.local_name = "a/other.pk"; })) == "UNSAFE");
  CHECK(code(changed([](ZipMember& member) { member.local_name = "a"; })) == "UNSAFE");
  const std::string file = zip_bytes({{"a", "content"}});
  for (const std::size_t at : {6U, 8U, 14U, 18U, 22U}) {
    std::string other = file;
    other[at] = static_cast<char>(other[at] ^ 8);
    CHECK(code(other) == "UNSAFE");
  }
}

TEST_CASE("zip: Z04 only a data descriptor may replace a number of the local header", "[io][error]") {
  const bool later = GENERATE(false, true);
  const std::string file = zip_bytes({changed([&](ZipMember& member) { member.flags = later ? 8 : 0; })});
  CHECK(code(file).empty());
  for (const std::size_t at : {14U, 18U, 22U}) {
    CHECK(code(std::string(file).replace(at, 4, 4, '\0')) == (later ? "" : "UNSAFE"));
    CHECK(code(std::string(file).replace(at, 4, 4, '\1')) == "UNSAFE");
  }
}

TEST_CASE("zip: an offset where no member starts", "[io][error]") {
  const std::string file = zip_bytes({{"a", "content"}, {"b", "content"}});
  std::string other = file;
  other[file.find("PK\3\4", 1)] = 'Q';
  CHECK(code(other) == "RANGE");
  const std::string one = zip_bytes({{"a", "content"}});
  CHECK(code(std::string(one).replace(26, 2, "\x09\0"s)) == "RANGE");  // the name extends into the directory
}

TEST_CASE("zip: Z05 content with a wrong checksum is corrupt", "[io][error]") {
  const Failure failure = content_refusal(changed([](ZipMember& member) { member.crc ^= 1; }));
  CHECK(failure.code == "CORRUPT");
  CHECK(failure.message == "f: a/data.pkl: has a checksum that differs from the directory");
}

TEST_CASE("zip: Z06 encryption, patches and other methods are unsupported", "[io][error]") {
  const auto flags = static_cast<std::uint16_t>(GENERATE(0x1, 0x10, 0x20, 0x40, 0x2000, 0x8000));
  CHECK(code(changed([&](ZipMember& member) { member.flags = flags; })) == "UNSUP");
  CHECK(code(changed([](ZipMember& member) { member.method = 12; })) == "UNSUP");
}

TEST_CASE("zip: Z07 duplicate names", "[io][error]") {
  CHECK(code(zip_bytes({{"a/data.pkl", "1"}, {"b", ""}, {"a/data.pkl", "2"}})) == "DUP");
}

TEST_CASE("zip: Z08 overlapping members", "[io][error]") {
  ZipMember outer("a", "");
  std::string inner;
  append_zip_entry(inner, {"b", "content"}, true, 0);
  outer.bytes = inner + "content";
  outer = ZipMember("a", outer.bytes);
  ZipMember quoted("b", "content");
  quoted.offset = 31;  // inside the content of `a`
  std::string file = zip_bytes({outer, quoted});
  CHECK(code(file) == "RANGE");
  CHECK_THAT(refusal(file).message, Contains("overlaps"));
  ZipMember same("b", "content");
  same.local_name = "b";
  same.offset = 0;
  CHECK(code(zip_bytes({{"b", "content"}, same})) == "RANGE");
}

TEST_CASE("zip: Z09 sizes and offsets outside the file", "[io][error]") {
  CHECK(code(changed([](ZipMember& member) { member.stored_size = member.size = 0xFFFFFFFE; })) == "RANGE");
  CHECK(code(changed([](ZipMember& member) {
          member.stored_size = 0xFFFFFFFE;
          member.method = 8;
        })) == "RANGE");
  CHECK(code(changed([](ZipMember& member) { member.size = 8; })) == "RANGE");
  CHECK(code(changed([](ZipMember& member) { member.stored_size = member.size = 8; })) == "RANGE");
  CHECK(code(changed([](ZipMember& member) { member.offset = 1; })) == "RANGE");
  CHECK(code(changed([](ZipMember& member) { member.offset = 0xFFFFFFFE; })) == "RANGE");
  std::string file = zip_bytes({{"a", "content"}});
  file.replace(26, 2, "\xFF\xFF");  // length of the local name
  CHECK(code(file) == "RANGE");
}

TEST_CASE("zip: Z10 a decompression bomb stops at the size stated in the directory", "[io][error]") {
  ZipMember bomb = deflated(deflated_zeros(63'000), std::string(1024, '\0'));
  CHECK(bomb.bytes.size() > 100'000);
  CHECK(content_refusal(bomb).code == "CORRUPT");
  bomb.size = 16'254'001;  // the actual size
  CHECK(content_refusal(bomb, 1 << 20).code == "LIMIT");
  bomb.size = 1033 * bomb.stored_size + 1032;  // exceeds deflate's maximum ratio
  CHECK(content_refusal(bomb).code == "RANGE");
}

TEST_CASE("zip: deflated content that is not a deflate stream of the stated size", "[io][error]") {
  const std::string zeros(259, '\0'), stream = deflated_zeros(1);
  CHECK(content_refusal(deflated(stream.substr(0, 3), zeros)).code == "CORRUPT");
  CHECK(content_refusal(deflated(stream + "x", zeros)).code == "CORRUPT");
  CHECK(content_refusal(deflated(stream, zeros + "x")).code == "CORRUPT");
  CHECK_THAT(content_refusal(deflated(stream, zeros + "x")).message, Contains("does not inflate to the 260"));
  CHECK(content_refusal(deflated(stream, zeros.substr(1))).code == "CORRUPT");
  CHECK(content_refusal(deflated("\7\0"s, "")).code == "CORRUPT");
  CHECK(content_refusal(deflated("", "")).code == "CORRUPT");
}

TEST_CASE("zip: Z11 bytes before the archive", "[io][error]") {
  CHECK(code("MZ, a program " + zip_bytes({{"a", "content"}})) == "HEADER");
  // the same with offsets that fit
  std::string file = zip_bytes({{"junk", "MZ"}, {"a", "content"}});
  ZipMember second("a", "content");
  second.offset = 36;
  std::string directory;
  append_zip_entry(directory, second, false, 36);
  const std::size_t begin = file.find("PK\1\2"), end = file.find("PK\5\6");
  file.replace(begin, end - begin, directory);
  file.replace(file.size() - 14, 4, "\1\0\1\0"s);
  file.replace(file.size() - 10, 4, std::string({static_cast<char>(directory.size()), 0, 0, 0}));
  CHECK(code(file) == "HEADER");
}

TEST_CASE("zip: Z12 other archives are rejected", "[io][error]") {
  CHECK(code("7z\xBC\xAF\x27\x1C" + std::string(100, '\0')) == "MAGIC");
  CHECK(code("") == "MAGIC");
  CHECK(code("PK") == "MAGIC");
}

TEST_CASE("zip: Z13 names that lead out of a folder are unsafe", "[io][error]") {
  const std::string name =
      GENERATE("archive/../../x"s, "../x"s, "x/.."s, ".."s, "/x"s, "a\\b"s, "a\0b"s, ""s);
  CHECK(code(zip_bytes({{name, "x"}})) == "UNSAFE");
  CHECK(code(zip_bytes({{"a/..b/c..", "x"}})).empty());
  CHECK(code(zip_bytes({{"\xFF", "x"}})) == "UTF8");
}

TEST_CASE("zip: Z14 more members than any checkpoint needs", "[io][error]") {
  std::vector<ZipMember> members;
  for (int i = 0; i < 100'001; ++i) members.emplace_back(std::to_string(i), "");
  CHECK(code(zip_bytes(members, {.wide = true})) == "LIMIT");
  members.pop_back();
  CHECK(code(zip_bytes(members, {.wide = true})).empty());
}

TEST_CASE("zip: a directory larger than that of any checkpoint", "[io][error]") {
  ZipMember member("a", "");
  member.extra.assign(0xFFF0, '\0');
  CHECK(code(zip_bytes(std::vector<ZipMember>(1025, member))) == "LIMIT");
}

TEST_CASE("zip: a malformed directory", "[io][error]") {
  std::string file = zip_bytes({{"a", "content"}});
  const std::size_t directory = file.find("PK\1\2");
  const auto with = [&](std::size_t at, char byte) {
    std::string other = file;
    other[directory + at] = byte;
    return code(other);
  };
  CHECK(with(0, 'Q') == "HEADER");
  CHECK(with(28, 2) == "HEADER");  // length of the name
  CHECK(with(30, 1) == "HEADER");  // of the extra fields
  CHECK(with(32, 1) == "HEADER");  // of the comment
  CHECK(with(28, 0) == "UNSAFE");  // no name
  CHECK(with(34, 1) == "UNSUP");   // disk
}
