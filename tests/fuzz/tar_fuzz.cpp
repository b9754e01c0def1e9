// SPDX-License-Identifier: Apache-2.0
// Tar archives, plain and compressed: members have sizes that fit the file, reading and passing over agree,
// and an error is the end.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/tar.h"

namespace {

using namespace sightline;

constexpr std::int64_t kMaxBytes = 1 << 20;
constexpr int kMaxMembers = 10000;  // a compressed archive may have millions

void require(bool holds) {
  if (!holds) std::abort();
}

/// The names of the members that come before an error or the end.
std::vector<std::string> read_members(ByteView file, bool read) {
  std::vector<std::string> names;
  TarMember member;
  try {
    auto stream = decompress(std::make_unique<BufferedStream>(std::make_unique<ViewStream>(file)), "fuzz");
    const bool plain = compression_of(file) == Compression::none;
    TarReader reader(std::move(stream), "fuzz");
    try {
      while (std::ssize(names) < kMaxMembers && reader.next(member)) {
        require(member.size >= 0);
        require(member.kind == TarMemberKind::file || member.kind != TarMemberKind::link || member.size == 0);
        names.push_back(member.name);
        if (member.kind != TarMemberKind::file || member.size > kMaxBytes) continue;
        if (!read) {
          reader.pass_over(kMaxBytes);
          continue;
        }
        const std::vector<std::byte> content = reader.read(kMaxBytes);
        require(std::ssize(content) == member.size);
        require(!plain || content.size() < file.size());
      }
    } catch (const Error&) {
      require(!reader.next(member));
    }
  } catch (const Error&) {
    // refused: as good as accepted
  }
  return names;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(reinterpret_cast<const std::byte*>(data), size);
  require(read_members(file, true) == read_members(file, false));
  return 0;
}
