// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace sightline {

/// Reads JSON in one pass without building a document, for files of which one object or list makes up almost
/// all. It accepts only valid JSON, but not all of it, and explains nothing: where a function returns false,
/// the text is to be parsed by JsonDocument instead.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  /// Skips white space, then `c` if it is the next character; otherwise returns false.
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  /// The next character after white space, or '\0' at the end of the text.
  char peek() {
    skip_space();
    return at_ == end_ ? '\0' : *at_;
  }
  /// Reads a string. The view is valid as long as the text and this object.
  bool read_string(std::string_view& value);
  /// Skips the string `expected` if it is next and is written without escape sequences; otherwise returns
  /// false and stays before it.
  bool take_string(std::string_view expected) {
    skip_space();
    const auto left = static_cast<std::size_t>(end_ - at_);
    if (left < expected.size() + 2 || *at_ != '"' || at_[expected.size() + 1] != '"') return false;
    if (!equals_plainly(at_ + 1, left - 1, expected)) return false;
    at_ += expected.size() + 2;
    return true;
  }
  /// Reads an integer from 0 to 99,999,999.
  bool read_number(std::int32_t& value);
  /// Reads a number of up to 32 characters.
  bool read_double(double& value);
  /// Skips a value of any kind without checking it.
  bool skip_value();
  /// A place in the text to which `reset` returns.
  using Mark = const char*;
  Mark mark() const { return at_; }
  void reset(Mark mark) { at_ = mark; }
  /// The position in the text.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  void skip_space() {
    while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') {
      if (*at_ != ' ' && *at_ != '\n' && *at_ != '\r' && *at_ != '\t') return;
      ++at_;
    }
  }
  /// Whether the text at `at` is `expected` and none of its bytes has a meaning of its own in JSON.
  /// `readable` bytes may be read.
  static bool equals_plainly(const char* at, std::size_t readable, std::string_view expected);
  bool read_escaped(const char* begin, std::string_view& value);
  bool append_escape(std::string& out);

  const char *begin_, *at_, *end_;
  std::deque<std::string> unescaped_;  // strings with escape sequences
};

}  // namespace sightline
