// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/npy.h"

namespace sightline {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::uint32_t kMaxHeaderBytes = 10'000;  // the limit of NumPy
constexpr std::size_t kMaxDimensions = 2;
constexpr std::int64_t kMaxColumns = 1 << 20;

struct HeaderText {
  std::string_view text;
  std::size_t data_offset = 0;
};

void check_magic(ByteView file, std::string_view subject) {
  const std::string_view text = as_text(file);
  if (text.starts_with("PK\x03\x04"))
    fail(ErrorCode::magic, subject, "is an .npz archive, expected one .npy array");
  if (text.starts_with(kMagic)) return;
  if (!text.empty() && kMagic.starts_with(text))
    fail(ErrorCode::truncated, subject, "ends inside its first 8 bytes");
  fail(ErrorCode::magic, subject, text.empty() ? "is empty, expected an .npy array" : "is not an .npy array");
}

HeaderText header_text(ByteView file, std::string_view subject) {
  check_magic(file, subject);
  const auto major = load_le<std::uint8_t>(file, 6, subject), minor = load_le<std::uint8_t>(file, 7, subject);
  if (major < 1 || major > 3 || minor != 0) {
    fail(ErrorCode::unsupported, subject,
         "is .npy version " + std::to_string(major) + "." + std::to_string(minor) +
             ", expected 1.0, 2.0 or 3.0");
  }
  const std::uint32_t length =
      major == 1 ? load_le<std::uint16_t>(file, 8, subject) : load_le<std::uint32_t>(file, 8, subject);
  const std::size_t begin = major == 1 ? 10 : 12;
  const bool fits = length <= file.size() - begin;
  if (!fits && length > kMaxHeaderBytes) {
    fail(ErrorCode::range, subject,
         "has a header of " + std::to_string(length) + " bytes in a file of " + std::to_string(file.size()));
  }
  if (!fits) fail(ErrorCode::truncated, subject, "ends inside its header");
  if (length > kMaxHeaderBytes) {
    fail(ErrorCode::limit, subject,
         "has a header of " + std::to_string(length) + " bytes, at most 10000 are accepted");
  }
  return {as_text(file.subspan(begin, length)), begin + length};
}

// The few forms of Python literals that a header may contain: {'key': 'text'
//  True
//  False
//  (1, 2), ...}.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::string_view subject) : rest_(text), subject_(subject) {}

  void parse() {
    expect('{');
    while (!accept('}')) {
      read_member(quoted());
      if (accept('}')) break;
      expect(',');
    }
    skip_blanks();
    if (!rest_.empty()) malformed("text after the closing brace");
    if (!descr) malformed("no 'descr'");
    if (!fortran_order) malformed("no 'fortran_order'");
    if (!shape) malformed("no 'shape'");
  }

  std::optional<std::string_view> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> shape;

 private:
  [[noreturn]] void malformed(std::string_view problem) const {
    fail(ErrorCode::header, subject_, "has a malformed .npy header: " + printable(problem));
  }

  void skip_blanks() {
    const std::size_t first = rest_.find_first_not_of(" \t\n\r\f");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }

  bool accept(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!accept(c))
      malformed(std::string("expected ") + c + " before '" + std::string(rest_.substr(0, 20)) + "'");
  }

  // A string without escapes; no accepted name or type contains any.
  std::string_view quoted() {
    skip_blanks();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"')
      malformed("expected a string before '" + std::string(rest_.substr(0, 20)) + "'");
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) malformed("unterminated string");
    const std::string_view text = rest_.substr(1, end - 1);
    if (text.find_first_of("\\\n") != std::string_view::npos) malformed("an escape or line end in a string");
    rest_.remove_prefix(end + 1);
    return text;
  }

  void read_member(std::string_view key) {
    expect(':');
    if (key == "descr") {
      check_once(descr.has_value(), key);
      skip_blanks();
      if (rest_.starts_with('[')) fail(ErrorCode::type, subject_, "contains records, expected floats");
      descr = quoted();
    } else if (key == "fortran_order") {
      check_once(fortran_order.has_value(), key);
      fortran_order = boolean();
    } else if (key == "shape") {
      check_once(shape.has_value(), key);
      shape = tuple();
    } else {
      malformed("unknown key '" + std::string(key) + "'");
    }
  }

  void check_once(bool already_present, std::string_view key) const {
    if (already_present)
      fail(ErrorCode::duplicate, subject_, "has duplicate key '" + std::string(key) + "' in its header");
  }

  bool boolean() {
    skip_blanks();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    malformed("expected True or False");
  }

  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> sizes;
    expect('(');
    bool comma = false;
    while (!accept(')')) {
      if (!sizes.empty() && !comma) malformed("expected a comma between sizes");
      sizes.push_back(size());
      comma = accept(',');
    }
    if (sizes.size() == 1 && !comma) malformed("the shape is not a tuple");
    return sizes;
  }

  // A decimal number; Python 2 wrote an L after large ones.
  std::int64_t size() {
    const bool negative = accept('-');
    skip_blanks();
    std::size_t digits = 0;
    std::int64_t value = 0;
    bool too_large = false;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      too_large = too_large || __builtin_mul_overflow(value, 10, &value) ||
                  __builtin_add_overflow(value, rest_[digits] - '0', &value);
    }
    if (digits == 0 || (digits > 1 && rest_[0] == '0')) malformed("a size is not a decimal number");
    rest_.remove_prefix(digits);
    if (rest_.starts_with('L')) rest_.remove_prefix(1);
    if (too_large) fail(ErrorCode::range, subject_, "has a shape whose size does not fit in 63 bits");
    if (negative) fail(ErrorCode::range, subject_, "has a negative size in its shape");
    return value;
  }

  std::string_view rest_;
  std::string_view subject_;
};

int element_size(std::string_view descr, std::string_view subject) {
  if (descr == "<f2") return 2;
  if (descr == "<f4") return 4;
  if (descr == "<f8") return 8;
  if (descr.find('O') != std::string_view::npos) {
    fail(ErrorCode::unsafe, subject, "contains Python objects (a pickle), expected floats");
  }
  fail(ErrorCode::type, subject,
       "has elements of type '" + printable(descr) + "', expected '<f4', '<f2' or '<f8'");
}

}  // namespace

NpyHeader parse_npy_header(ByteView file, std::string_view subject) {
  const HeaderText text = header_text(file, subject);
  HeaderParser parser(text.text, subject);
  parser.parse();

  NpyHeader header;
  header.element_size = element_size(*parser.descr, subject);
  if (*parser.fortran_order) fail(ErrorCode::unsupported, subject, "is in Fortran order, expected C order");
  const std::vector<std::int64_t>& shape = *parser.shape;
  if (shape.empty()) fail(ErrorCode::unsupported, subject, "is a single number, expected rows of numbers");
  if (shape.size() > kMaxDimensions) {
    fail(ErrorCode::limit, subject, "has " + std::to_string(shape.size()) + " dimensions, expected 1 or 2");
  }
  header.rows = shape.size() == 2 ? shape[0] : 1;
  header.columns = shape.back();
  header.data_offset = static_cast<std::int64_t>(text.data_offset);

  const std::int64_t elements = checked_mul(header.rows, header.columns, subject);
  const std::int64_t expected = checked_mul(elements, header.element_size, subject);
  const std::int64_t actual_bytes = std::ssize(file) - header.data_offset;
  if (actual_bytes < expected) {
    fail(ErrorCode::truncated, subject,
         "has " + std::to_string(actual_bytes) + " bytes of data, expected " + std::to_string(expected));
  }
  if (actual_bytes > expected) {
    fail(ErrorCode::range, subject,
         "has " + std::to_string(actual_bytes - expected) + " bytes after its data");
  }
  if (header.columns > kMaxColumns) {
    fail(ErrorCode::limit, subject,
         "has rows of " + std::to_string(header.columns) + " numbers, at most 1048576 are accepted");
  }
  return header;
}

std::string npy_header(std::int64_t rows, std::int64_t columns, bool half) {
  constexpr std::size_t kPreamble = 10;  // magic, version, length
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(kNpyHeaderBytes - kPreamble);
  text += '\0';
  text += "{'descr': '";
  text += half ? "<f2" : "<f4";
  text += "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " + std::to_string(columns) +
          "), }";
  text.resize(kNpyHeaderBytes - 1, ' ');  // large enough for two numbers of 19 digits
  return text += '\n';
}

}  // namespace sightline
