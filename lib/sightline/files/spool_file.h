// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/files/descriptor.h"

namespace sightline {

/// A temporary file without a name, for data that is written once and read later in any order. The system
/// deletes it at the end of the process, however it ends. Not safe to share between threads.
class SpoolFile {
 public:
  /// `folder`: where it takes up space. It is created by the first `append`.
  explicit SpoolFile(std::string folder) : folder_(std::move(folder)) {}

  /// Returns the offset of the bytes. Errors: no_space, io, with the folder.
  std::int64_t append(std::string_view bytes);
  /// Replaces `bytes` with those at an offset. Errors: io.
  void read(std::int64_t offset, std::int64_t size, std::string& bytes) const;

 private:
  void open();

  std::string folder_;
  Descriptor file_;
  std::int64_t size_ = 0;
};

}  // namespace sightline
