// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/tar_header.h"

#include <array>
#include <cstdio>
#include <cstring>

#include "sightline/image/codec.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;

namespace {

using Header = std::array<char, 512>;

/// The header of a member `name`, as tar of Unix V7 wrote it; `magic` as POSIX ("ustar\0" "00") or GNU
/// ("ustar  ").
Header header(const char* name, std::string_view magic = "") {
  Header bytes{};
  std::strcpy(bytes.data(), name);
  std::strcpy(bytes.data() + 100, "0000644");
  std::strcpy(bytes.data() + 124, "00000001000");
  std::copy(magic.begin(), magic.end(), bytes.begin() + 257);
  std::memset(bytes.data() + 148, ' ', 8);
  unsigned sum = 0;
  for (const char c : bytes) sum += static_cast<unsigned char>(c);
  std::snprintf(bytes.data() + 148, 7, "%06o", sum);
  return bytes;
}

ByteView view(const Header& bytes, std::size_t size = 512) {
  return std::as_bytes(std::span(bytes)).first(size);
}

}  // namespace

TEST_CASE("tar: recognised by its magic, or without one by its checksum", "[image]") {
  CHECK(is_tar(view(header("a.jpg", "ustar"))));
  CHECK(is_tar(view(header("a.jpg", "ustar  "))));
  CHECK(is_tar(view(header("\xff\xd8\xff"))));
  CHECK(has_tar_checksum(view(header("BM"))));
  Header wrong = header("a.jpg");
  ++wrong[0];
  CHECK_FALSE(is_tar(view(wrong)));
  Header named = header("a.jpg", "ustar");
  ++named[0];
  CHECK(is_tar(view(named)));
  CHECK_FALSE(has_tar_checksum(view(named)));
}

TEST_CASE("tar: reads no further than the end, and verifies the checksum", "[image][error]") {
  const Header bytes = header("a.jpg", "ustar");
  for (std::size_t size = 0; size <= 512; ++size) {
    const std::vector<std::byte> copy(view(bytes).begin(),
                                      view(bytes).begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(is_tar(copy) == (size >= 262));
    CHECK(has_tar_checksum(copy) == (size == 512));
  }
  CHECK_FALSE(is_tar(view(Header{})));
  for (const char* field : {"        ", "0000000\0", "99999999", "77777777", "-1", "12x", "   "}) {
    Header other = header("a.jpg");
    std::memset(other.data() + 148, 0, 8);
    std::memcpy(other.data() + 148, field, std::strlen(field));
    CHECK_FALSE(is_tar(view(other)));
  }
}

TEST_CASE("tar: is reported as unsupported in place of an image, whatever its first member is called",
          "[image][error]") {
  for (const char* name : {"a.jpg", "BM.jpg", "GIF89a.jpg", "\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n"}) {
    CHECK(sightline::testing::error_of([&] { (void)codec_of(view(header(name))); }) ==
          sightline::testing::Failure{
              "UNSUP", "image: is a tar archive, which is not supported yet; unpack it and pass the folder"});
  }
}
