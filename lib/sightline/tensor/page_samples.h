// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// A look at a few bytes of large mapped files. Weights are mapped in huge pages, so that a look at a page
/// that is on the disk only would read two megabytes; and small pages in the cache would keep later runs from
/// mapping huge ones. So the pages that are not in memory are read alone, all at once, and given back at the
/// end. Linux says what is in memory only of files that the user may write; of others all counts as there.
class PageSamples {
 public:
  PageSamples();
  /// Gives back what `fetch` read.
  ~PageSamples();
  PageSamples(const PageSamples&) = delete;
  PageSamples& operator=(const PageSamples&) = delete;

  void add(ByteView bytes);
  /// Asks for the pages of all that was added, and waits for nothing.
  void fetch();

 private:
  struct Pages {
    std::uintptr_t begin, end;
  };
  std::uintptr_t page_;
  std::vector<Pages> added_, fetched_;
};

}  // namespace sightline
