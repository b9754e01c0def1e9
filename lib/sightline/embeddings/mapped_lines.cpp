// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/mapped_lines.h"

namespace sightline {

MappedLines::MappedLines(const std::string& path)
    : file_(MappedFile::open(path, MappedContent::embeddings)) {}

std::optional<std::string_view> MappedLines::next() {
  const std::string_view text = as_text(file_->bytes());
  if (offset_ >= text.size()) return std::nullopt;
  const std::size_t begin = offset_, end = text.find('\n', begin);
  terminated_ = end != std::string_view::npos;
  const std::string_view line = text.substr(begin, terminated_ ? end - begin : end);
  offset_ = begin + line.size() + 1;
  if (hash_ != nullptr) hash_->update(as_bytes(text.substr(begin, offset_ - begin)));
  file_->release(begin, line.size());
  ++number_;
  return line;
}

}  // namespace sightline
