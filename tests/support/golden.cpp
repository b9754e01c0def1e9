// SPDX-License-Identifier: Apache-2.0
#include "support/golden.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "support/catch.h"

namespace sightline::testing {
namespace {

static_assert(std::endian::native == std::endian::little, "golden files are little-endian");

[[noreturn]] void broken(const std::string& path, const std::string& problem) {
  throw std::runtime_error(path + ": " + problem);
}

// The value of `'key': ` in the dict of a header, up to `end`.
std::string header_value(const std::string& header, const std::string& key, char end,
                         const std::string& path) {
  const std::string mark = "'" + key + "': ";
  const std::size_t begin = header.find(mark);
  const std::size_t stop = header.find(end, begin == std::string::npos ? begin : begin + mark.size() + 1);
  if (begin == std::string::npos || stop == std::string::npos) broken(path, "no " + key + " in the header");
  return header.substr(begin + mark.size(), stop - begin - mark.size());
}

template <class T>
std::vector<T> values_of(const char* data, std::int64_t count) {
  std::vector<T> values(static_cast<std::size_t>(count));
  if (count > 0) std::memcpy(values.data(), data, values.size() * sizeof(T));
  return values;
}

template <class T>
void read_integers(const char* data, std::int64_t count, std::vector<std::int64_t>& out) {
  for (const T value : values_of<T>(data, count)) out.push_back(static_cast<std::int64_t>(value));
}

void read_values(NpyArray& array, const char* data, std::int64_t count, const std::string& path) {
  const std::string type = array.dtype.substr(1);
  if (type == "f4") {
    array.floats = values_of<float>(data, count);
  } else if (type == "f8") {
    array.doubles = values_of<double>(data, count);
  } else if (type == "i4") {
    read_integers<std::int32_t>(data, count, array.integers);
  } else if (type == "u4") {
    read_integers<std::uint32_t>(data, count, array.integers);
  } else if (type == "i8" || type == "u8") {
    read_integers<std::int64_t>(data, count, array.integers);
  } else if (type == "i2") {
    read_integers<std::int16_t>(data, count, array.integers);
  } else if (type == "u2") {
    read_integers<std::uint16_t>(data, count, array.integers);
  } else if (type == "u1" || type == "b1") {
    read_integers<std::uint8_t>(data, count, array.integers);
    array.bytes = values_of<std::uint8_t>(data, count);
  } else {
    broken(path, "dtype " + array.dtype + " is not known here");
  }
}

// The text of the header and the offset of the values.
std::pair<std::string, std::size_t> npy_header(const std::string& file, const std::string& path) {
  if (file.size() < 12 || file.compare(0, 6, "\x93NUMPY") != 0) broken(path, "not a .npy file");
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(file[at]));
  };
  const bool old = file[6] == 1;
  const std::size_t begin = old ? 10 : 12;
  const std::size_t length =
      old ? byte(8) | byte(9) << 8 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  if (begin + length > file.size()) broken(path, "header longer than the file");
  return {file.substr(begin, length), begin + length};
}

double distance(float actual, float expected) {
  if (actual == expected) return 0.0;
  const double difference = std::abs(static_cast<double>(actual) - static_cast<double>(expected));
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

bool same_size(std::span<const float> actual, std::span<const float> expected, std::string_view what) {
  if (actual.size() == expected.size()) return true;
  FAIL_CHECK(what << ": " << actual.size() << " elements, expected " << expected.size());
  return false;
}

}  // namespace

std::int64_t NpyArray::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

std::span<const float> NpyArray::row(std::int64_t index) const {
  const std::int64_t size = elements() / shape.at(0);
  return std::span<const float>(floats).subspan(static_cast<std::size_t>(index * size),
                                                static_cast<std::size_t>(size));
}

NpyArray read_npy(const std::string& path) {
  const std::string file = read_text(path);
  const auto [header, begin] = npy_header(file, path);
  NpyArray array;
  array.dtype = header_value(header, "descr", ',', path);
  if (array.dtype.size() != 5) broken(path, "dtype " + array.dtype + " is not known here");
  array.dtype = array.dtype.substr(1, 3);  // without the quotes
  if (array.dtype[0] == '>') broken(path, "big-endian");
  if (header_value(header, "fortran_order", ',', path) != "False") broken(path, "not in C order");

  std::istringstream sizes(header_value(header, "shape", ')', path).substr(1));
  for (std::string size; std::getline(sizes, size, ',');) {
    if (size.find_first_not_of(' ') != std::string::npos) array.shape.push_back(std::stoll(size));
  }
  const std::int64_t count = array.elements();
  const std::int64_t width = array.dtype[2] - '0';
  if (static_cast<std::int64_t>(file.size() - begin) != count * width)
    broken(path, "size does not fit the shape");
  read_values(array, file.data() + begin, count, path);
  return array;
}

std::string data_path(std::string_view name) { return std::string(SIGHTLINE_DATA_DIR "/").append(name); }

std::string golden_path(std::string_view name) { return data_path("golden/").append(name); }

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) broken(path, "cannot be opened");
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) broken(path, "cannot be read");
  return text.str();
}

std::vector<std::uint8_t> read_bytes(const std::string& path) {
  const std::string text = read_text(path);
  return {text.begin(), text.end()};
}

std::vector<std::string> read_lines(const std::string& path) {
  std::istringstream text(read_text(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

Difference compare(std::span<const float> actual, std::span<const float> expected, double tolerance) {
  Difference result;
  for (std::size_t i = 0; i < actual.size() && i < expected.size(); ++i) {
    const double difference = distance(actual[i], expected[i]);
    if (difference > tolerance) ++result.above;
    if (difference > result.largest || result.worst < 0) {
      result.largest = difference;
      result.worst = static_cast<std::int64_t>(i);
    }
  }
  return result;
}

bool check_near(std::span<const float> actual, std::span<const float> expected, double tolerance,
                std::string_view what) {
  if (!same_size(actual, expected, what)) return false;
  const Difference difference = compare(actual, expected, tolerance);
  if (difference.above == 0) {
    SUCCEED();
    return true;
  }
  const auto worst = static_cast<std::size_t>(difference.worst);
  FAIL_CHECK(what << ": " << difference.above << " of " << actual.size() << " elements differ by more than "
                  << tolerance << "; worst at " << worst << ": " << actual[worst] << ", expected "
                  << expected[worst] << ", difference " << difference.largest << " = "
                  << difference.largest / tolerance << " x tolerance");
  return false;
}

bool check_same_bits(std::span<const float> actual, std::span<const float> expected, std::string_view what) {
  if (!same_size(actual, expected, what)) return false;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(actual[i]) == std::bit_cast<std::uint32_t>(expected[i])) continue;
    FAIL_CHECK(what << ": bits differ first at " << i << " of " << actual.size() << ": " << actual[i]
                    << ", expected " << expected[i]);
    return false;
  }
  SUCCEED();
  return true;
}

std::uint64_t fnv1a(std::span<const float> values) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ ((bits >> shift) & 0xFFU)) * 0x100000001B3ULL;
  }
  return hash;
}

}  // namespace sightline::testing
