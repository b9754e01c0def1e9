// SPDX-License-Identifier: Apache-2.0
#include "batch/path_list.h"

#include "batch/text_list.h"
#include "cli/failure.h"

namespace sightline::app {
namespace {

constexpr std::size_t kMaxEntryBytes = 1 << 20;

}  // namespace

void PathList::add(std::string_view bytes) {
  text_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  text_ += bytes;
}

std::optional<std::string> PathList::next() {
  if (!started_ && !skip_mark()) return std::nullopt;
  while (const std::optional<std::string_view> entry = take()) {
    if (!entry->empty()) return std::string(*entry);
  }
  return std::nullopt;
}

/// Returns false while more bytes are needed.
bool PathList::skip_mark() {
  if (!null_separated_) {
    if (!ended_ && text_.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(text_)) return false;
    refuse_utf16(text_, path_, ListKind::paths);
    if (text_.starts_with(kByteOrderMark)) begin_ = searched_ = kByteOrderMark.size();
  }
  started_ = true;
  return true;
}

/// The next entry, which may be empty; nullopt if none is complete.
std::optional<std::string_view> PathList::take() {
  const std::size_t end = text_.find(null_separated_ ? '\0' : '\n', searched_);
  if (end == std::string::npos) {
    searched_ = text_.size();
    if (!ended_ && searched_ - begin_ > kMaxEntryBytes) {
      fail_inputs(ErrorCode::limit, path_ == "-" ? "standard input" : path_,
                  "entry " + std::to_string(number_ + 1) + " has more than " +
                      std::to_string(kMaxEntryBytes) + " bytes, the maximum for a path");
    }
    if (!ended_ || begin_ == text_.size()) return std::nullopt;
  }
  ++number_;
  std::string_view entry =
      std::string_view(text_).substr(begin_, end == std::string::npos ? end : end - begin_);
  begin_ = searched_ = end == std::string::npos ? text_.size() : end + 1;
  if (null_separated_) return entry;
  if (entry.find('\0') != std::string_view::npos) fail_null_byte(path_, number_, ListKind::paths);
  if (entry.ends_with('\r')) entry.remove_suffix(1);
  return entry;
}

}  // namespace sightline::app
