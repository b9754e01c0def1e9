// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// Prefetches a few bytes of large mapped files. Weights are mapped in huge pages, so touching one page that
/// is not resident would read two megabytes; and small pages that stay in the page cache would keep later
/// runs from mapping huge ones. This class therefore reads only the missing pages, all at once, and evicts
/// them when it is destroyed. Linux reports residency only for files that the user may write; pages of other
/// files count as resident.
class PageSamples {
 public:
  PageSamples();
  /// Evicts the pages that `fetch` read.
  ~PageSamples();
  PageSamples(const PageSamples&) = delete;
  PageSamples& operator=(const PageSamples&) = delete;

  void add(ByteView bytes);
  /// Starts reading the pages of all added bytes, without waiting for them.
  void fetch();

 private:
  struct Pages {
    std::uintptr_t begin, end;
  };
  std::uintptr_t page_;
  std::vector<Pages> added_, fetched_;
};

}  // namespace sightline
