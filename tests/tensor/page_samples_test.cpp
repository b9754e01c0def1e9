// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/page_samples.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"
#include "support/skip.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// A mapped file of many pages, evicted from the page cache where the system allows it.
class ColdFile {
 public:
  explicit ColdFile(const TempFolder& folder) {
    std::string text(kSize, 'x');
    for (std::size_t i = 0; i < kSize; i += 4096) text[i] = static_cast<char>('a' + i / 4096 % 26);
    const int file = ::open(folder.write("file", text).c_str(), O_RDONLY);
    ::fsync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    bytes_ = static_cast<const std::byte*>(::mmap(nullptr, kSize, PROT_READ, MAP_PRIVATE, file, 0));
    ::close(file);
  }
  ~ColdFile() { ::munmap(const_cast<std::byte*>(bytes_), kSize); }
  ColdFile(const ColdFile&) = delete;
  ColdFile& operator=(const ColdFile&) = delete;

  ByteView at(std::size_t page, std::size_t size) const { return {bytes_ + page * 4096, size}; }
  std::size_t resident() const {
    std::vector<unsigned char> pages(kSize / static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
    ::mincore(const_cast<std::byte*>(bytes_), kSize, pages.data());
    std::size_t count = 0;
    for (const unsigned char page : pages) count += page & 1U;
    return count;
  }

 private:
  static constexpr std::size_t kSize = 4 << 20;
  const std::byte* bytes_;
};

}  // namespace

TEST_CASE("page samples: the sampled bytes are correct, and no additional pages stay resident", "[tensor]") {
  if (is_emulated()) return skip("the emulator reads pages ahead regardless of advice");
  const TempFolder folder;
  const ColdFile file(folder);
  const std::size_t before = file.resident();
  {
    PageSamples samples;
    for (const std::size_t page : {500, 3, 3, 700, 4}) samples.add(file.at(page, 5000));
    samples.add({});
    samples.fetch();
    for (const std::size_t page : {500, 3, 700, 4})
      CHECK(file.at(page, 1)[0] == static_cast<std::byte>('a' + page % 26));
    if (before == 0) CHECK(file.resident() < 100);  // no readahead of two megabytes around each page
  }
  CHECK(file.resident() == before);
}
