// SPDX-License-Identifier: Apache-2.0
#include "batch/line_reader.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "sightline/files/standard_input.h"

namespace sightline::app {
namespace {

constexpr std::size_t kChunkBytes = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kUTF16Remedy = "if it is UTF-16, convert it: iconv -f UTF-16 -t UTF-8";
constexpr std::string_view kNullRemedy = "use -0 for NUL-separated paths, as find -print0 writes them";

}  // namespace

LineReader::LineReader(const std::string& path, const LineRules& rules)
    : name_(is_standard_input(path) ? "standard input" : path),
      stage_(is_standard_input(path) ? Stage::streams : Stage::inputs),
      rules_(rules),
      input_(in_stage(stage_, [&] { return InputStream(path, Fifos::accept); })) {}

bool LineReader::next(std::string_view& line) {
  while (!has_line()) {
    if (at_end_) return false;
    fill();
  }
  line = std::string_view(buffer_).substr(begin_, scanned_ - begin_);
  begin_ = scanned_ = std::min(scanned_ + 1, buffer_.size());
  ++number_;
  if (rules_.null_separated) return true;
  check_text(line);
  if (number_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

void LineReader::check_text(std::string_view line) const {
  const bool paths = rules_.kind == ListKind::paths;
  const std::string expected = paths ? ", expected one path per line" : ", expected UTF-8 text";
  if (number_ == 1 && (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")))
    fail_inputs(ErrorCode::header, name_, "line 1 begins with a UTF-16 byte order mark" + expected,
                kUTF16Remedy);
  if (line.find('\0') == std::string_view::npos) return;
  std::string remedy(kUTF16Remedy);
  if (paths) remedy = std::string(kNullRemedy) + "; " + remedy;
  fail_inputs(ErrorCode::header, name_, "line " + std::to_string(number_) + " has a NUL byte" + expected,
              remedy);
}

std::string_view LineReader::head(std::size_t count) {
  const auto rest = [&] { return std::string_view(buffer_).substr(begin_); };
  const auto has_text_line = [&] { return rest().substr(0, rest().find('\0')).find('\n') != rest().npos; };
  while (!at_end_ && rest().size() < count && !has_text_line()) fill();
  return rest();
}

std::size_t LineReader::read_bytes(std::span<std::byte> out) {
  while (!at_end_ && begin_ == buffer_.size()) {
    scanned_ = begin_;
    fill();
  }
  const std::size_t count = std::min(out.size(), buffer_.size() - begin_);
  std::memcpy(out.data(), buffer_.data() + begin_, count);
  begin_ += count;
  scanned_ = begin_;
  return count;
}

bool LineReader::ready(std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + patience;
  while (!has_line() && !at_end_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (!input_.ready(std::max(left, std::chrono::milliseconds()))) return false;
    fill();
  }
  return true;
}

void LineReader::rewind() {
  in_stage(stage_, [&] { input_.rewind(); });
  buffer_.clear();
  begin_ = scanned_ = 0;
  number_ = bytes_ = 0;
  at_end_ = false;
}

/// Whether the buffer has a whole line, which ends at scanned_ then. A byte order mark alone is none.
bool LineReader::has_line() {
  const std::size_t end = buffer_.find(rules_.null_separated ? '\0' : '\n', scanned_);
  scanned_ = std::min(end, buffer_.size());
  if (scanned_ - begin_ > rules_.max_line_bytes) {
    const std::string what = rules_.null_separated ? "entry " : "line ";
    fail_limit(what + std::to_string(number_ + 1) + " has", std::to_string(rules_.max_line_bytes));
  }
  if (end != std::string::npos) return true;
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  const bool is_mark = number_ == 0 && !rules_.null_separated && rest == kByteOrderMark;
  return at_end_ && !rest.empty() && !is_mark;
}

/// Reads once; waits if nothing has arrived.
void LineReader::fill() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kChunkBytes);
  const std::span<char> room = std::span(buffer_).subspan(size);
  const std::size_t count = in_stage(stage_, [&] { return input_.read(std::as_writable_bytes(room)); });
  buffer_.resize(size + count);
  at_end_ = count == 0;
  bytes_ += static_cast<std::int64_t>(count);
  if (bytes_ > rules_.max_bytes) fail_limit("has", std::to_string(rules_.max_bytes));
}

void LineReader::fail_limit(const std::string& what, std::string_view limit) const {
  const std::string problem = what + " more than " + std::string(limit) + " bytes, the maximum";
  throw Failure(stage_, Error(ErrorCode::limit, name_, problem));
}

}  // namespace sightline::app
