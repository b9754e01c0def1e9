// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/page_samples.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace sightline {

PageSamples::PageSamples() : page_(static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE))) {}

PageSamples::~PageSamples() {
#ifdef MADV_PAGEOUT
  for (const Pages& pages : fetched_)
    ::madvise(reinterpret_cast<void*>(pages.begin), pages.end - pages.begin, MADV_PAGEOUT);
#endif
}

void PageSamples::add(ByteView bytes) {
  if (bytes.empty()) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  added_.push_back({begin / page_ * page_, (begin + bytes.size() + page_ - 1) / page_ * page_});
}

void PageSamples::fetch() {
#ifdef MADV_PAGEOUT
  std::sort(added_.begin(), added_.end(), [](const Pages& a, const Pages& b) { return a.begin < b.begin; });
  std::uintptr_t fetched_end = 0;
  for (const Pages& pages : added_) {
    for (std::uintptr_t page = std::max(fetched_end, pages.begin); page < pages.end; page += page_) {
      unsigned char is_resident = 1;
      void* address = reinterpret_cast<void*>(page);
      if (::mincore(address, page_, &is_resident) != 0 || (is_resident & 1) != 0) continue;
      ::madvise(address, page_, MADV_WILLNEED);
      fetched_.push_back({page, page + page_});
    }
    fetched_end = std::max(fetched_end, pages.end);
  }
#endif
  added_.clear();
}

}  // namespace sightline
