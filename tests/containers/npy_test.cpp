// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/npy.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

// Version 1.0 by default; the header as given, then `data` bytes.
std::string file_of(std::string_view header, std::size_t data, char major = 1) {
  std::string length(major == 1 ? 2 : 4, '\0');
  const auto size = static_cast<std::uint32_t>(header.size());
  std::memcpy(length.data(), &size, length.size());
  return joined({"\x93NUMPY", std::string(1, major), "\0"s, length, header, std::string(data, '\0')});
}

std::string header_of(std::string_view descr, std::string_view order, std::string_view shape) {
  return joined({"{'descr': ", descr, ", 'fortran_order': ", order, ", 'shape': ", shape, ", }\n"});
}

std::string with_shape(std::string_view shape, std::size_t data = 0) {
  return file_of(header_of("'<f4'", "False", shape), data);
}

Failure refusal(const std::string& file) {
  return error_of([&] { (void)parse_npy_header(as_bytes(file), "f.npy"); });
}

std::string code(const std::string& file) { return refusal(file).code; }

}  // namespace

TEST_CASE("npy: reads a file written by NumPy", "[output]") {
  const TempFolder folder;
  const std::vector<float> values = {1.0F, -2.5F, 0.0F, 1e-40F, 3.4e38F, 6.0F};
  std::string file = with_shape("(2, 3)", 24);
  std::memcpy(file.data() + file.size() - 24, values.data(), 24);
  const NpyFile npy = NpyFile::open(folder.write("a.npy", file));
  CHECK(npy.rows() == 2);
  CHECK(npy.columns() == 3);
  std::vector<float> row(3);
  npy.read_row(0, row);
  CHECK(row == std::vector<float>{1.0F, -2.5F, 0.0F});
  npy.read_row(1, row);
  CHECK(row == std::vector<float>{1e-40F, 3.4e38F, 6.0F});
}

TEST_CASE("npy: float16 and float64 are converted to float32", "[output]") {
  const TempFolder folder;
  const std::uint16_t halves[] = {0x3C00, 0xC100, 0x0001, 0x7BFF};
  std::string file = file_of(header_of("'<f2'", "False", "(1, 4)"), 8, 2);
  std::memcpy(file.data() + file.size() - 8, halves, 8);
  std::vector<float> row(4);
  NpyFile::open(folder.write("h.npy", file)).read_row(0, row);
  CHECK(row == std::vector<float>{1.0F, -2.5F, 0x1p-24F, 65504.0F});

  const double doubles[] = {0.1, -1e30};
  file = file_of(header_of("'<f8'", "False", "(2, 1)"), 16, 3);
  std::memcpy(file.data() + file.size() - 16, doubles, 16);
  const NpyFile npy = NpyFile::open(folder.write("d.npy", file));
  npy.read_row(1, std::span<float>(row).first(1));
  CHECK(row[0] == -1e30F);
}

TEST_CASE("npy: accepts the header forms that NumPy's reader accepts", "[output]") {
  CHECK(code(file_of(R"({"shape": (1L, 2L,), "descr": "<f4", "fortran_order": False})", 8)).empty());
  CHECK(code(file_of("{'descr':'<f4','fortran_order':False,'shape':(1,2)}   \n", 8)).empty());
  CHECK(code(file_of("  { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 1 , 2 ) , } ", 8)).empty());
  const NpyHeader vector = parse_npy_header(as_bytes(with_shape("(5,)", 20)), "f");
  CHECK(vector.rows == 1);
  CHECK(vector.columns == 5);
}

TEST_CASE("npy: N01 and N20 other files, and files that end in their first bytes", "[output][error]") {
  CHECK(code("") == "MAGIC");
  CHECK(code("\x93NUMPY") == "TRUNC");
  CHECK(code("\x93NUM") == "TRUNC");
  CHECK(code("\x93NUMPY\x01\x00\x10"s) == "TRUNC");
  CHECK(code("\x93NUMPX\x01\x00\x10\x00"s) == "MAGIC");
  CHECK(code("PK\x03\x04 archive") == "MAGIC");
  CHECK_THAT(refusal("PK\x03\x04 archive").message, Contains("npz"));
}

TEST_CASE("npy: N02-N04 versions and header lengths", "[output][error]") {
  const std::string header = header_of("'<f4'", "False", "(1, 1)");
  CHECK(code(file_of(header, 4, 0)) == "UNSUP");
  CHECK(code(file_of(header, 4, 4)) == "UNSUP");
  std::string minor = file_of(header, 4);
  minor[7] = 1;
  CHECK(code(minor) == "UNSUP");
  CHECK(code("\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF"s) == "RANGE");  // N03
  CHECK(code("\x93NUMPY\x01\x00\x76\x00{'descr'"s) == "TRUNC");
  CHECK(code(file_of(joined({header, std::string(10'001 - header.size(), ' ')}), 4)) == "LIMIT");  // N04
  CHECK(code(file_of(joined({header, std::string(10'000 - header.size(), ' ')}), 4)).empty());
}

TEST_CASE("npy: N05 and N07 headers that are not a plain dict of the three keys", "[output][error]") {
  const std::string header = GENERATE(
      "[]", "", "{", "__import__('os').system('true')", "{'descr': '<f4'} {}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} x", "{'descr': '<f4' 'shape': (1,)}",
      "{'descr': '<f4\\x41', 'fortran_order': False, 'shape': (1, 1)}", "{'descr': '<f4");
  CHECK(code(file_of(header, 4)) == "HEADER");
  CHECK(code(file_of(std::string(2000, '['), 4)) == "HEADER");
  const std::string shape =
      GENERATE("[1, 1]", "1", "True", "(2.0, 1)", "(0x2, 1)", "(0_3, 1)", "(np.int64(2), 1)", "(5)", "(1 1)",
               "(01, 1)", "(,)", "('1', 1)", "(1, 1");
  CHECK(code(with_shape(shape, 4)) == "HEADER");
}

TEST_CASE("npy: N06 missing, unknown and duplicate keys", "[output][error]") {
  CHECK(code(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'x': 1}", 4)) == "HEADER");
  CHECK(code(file_of("{'descr': '<f4', 'shape': (1, 1)}", 4)) == "HEADER");
  CHECK(code(file_of("{'fortran_order': False, 'shape': (1, 1)}", 4)) == "HEADER");
  CHECK(code(file_of("{'descr': '<f4', 'fortran_order': False}", 4)) == "HEADER");
  CHECK(code(file_of("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}", 4)) ==
        "DUP");
  CHECK(code(file_of("{'shape': (1, 1), 'shape': (1, 1)}", 4)) == "DUP");
  CHECK(code(file_of("{'fortran_order': False, 'fortran_order': False}", 4)) == "DUP");
}

TEST_CASE("npy: N08-N12 impossible and unsupported shapes", "[output][error]") {
  CHECK(code(with_shape("(-1, 3)", 12)) == "RANGE");               // N08
  CHECK(code(with_shape("(4294967296, 4294967296)")) == "RANGE");  // N09
  CHECK(code(with_shape("(9223372036854775807, 2)")) == "RANGE");
  CHECK(code(with_shape("(9223372036854775808, 1)")) == "RANGE");
  CHECK(code(with_shape("(18446744073709551620, 1)", 16)) == "RANGE");  // overflows to 4
  CHECK(code(with_shape("(4611686018427387904,)")) == "RANGE");         // overflows after multiplication by 4
  CHECK(code(with_shape("(1099511627776,)", 20)) == "TRUNC");           // N10
  CHECK(code(with_shape("()", 4)) == "UNSUP");                          // N11
  CHECK(code(with_shape("(0, 512)")).empty());
  CHECK(parse_npy_header(as_bytes(with_shape("(0, 512)")), "f").rows == 0);
  std::string dimensions = "(";
  for (int i = 0; i < 33; ++i) dimensions += "1, ";
  CHECK(code(with_shape(joined({dimensions, ")"}), 4)) == "LIMIT");  // N12
  CHECK(code(with_shape("(1, 1, 1)", 4)) == "LIMIT");
  CHECK(code(with_shape("(0, 1048577)")) == "LIMIT");
  CHECK(code(with_shape("(0, 1048576)")).empty());
}

TEST_CASE("npy: N13-N15 unsupported types and orders", "[output][error]") {
  const auto with_type = [](std::string_view descr) {
    return file_of(header_of(descr, "False", "(1, 1)"), 8);
  };
  CHECK(code(with_type("'|O'")) == "UNSAFE");  // N13
  CHECK(code(with_type("'>f4'")) == "TYPE");   // N14
  CHECK(code(with_type("'|S8'")) == "TYPE");
  CHECK(code(with_type("[('a', '<f4')]")) == "TYPE");
  CHECK(code(with_type("'|V2'")) == "TYPE");
  CHECK(code(with_type("'<i4'")) == "TYPE");
  CHECK(code(with_type("4")) == "HEADER");
  CHECK(code(file_of(header_of("'<f4'", "True", "(1, 1)"), 4)) == "UNSUP");  // N15
  CHECK(code(file_of(header_of("'<f4'", "1", "(1, 1)"), 4)) == "HEADER");
}

TEST_CASE("npy: N16-N17 the size of the data must match the shape, whatever the header's padding",
          "[output][error]") {
  CHECK(code(with_shape("(2, 3)", 23)) == "TRUNC");
  CHECK(code(with_shape("(2, 3)", 26)) == "RANGE");
  CHECK(code(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }", 4)).empty());
}

TEST_CASE("npy: N18 rows of another width than the model's are rejected", "[output][error]") {
  const TempFolder folder;
  const NpyFile npy = NpyFile::open(folder.write("a.npy", with_shape("(1, 4)", 16)));
  npy.require_columns(4);
  CHECK(error_of([&] { npy.require_columns(3); }) ==
        Failure{"MISMATCH", (folder / "a.npy") + ": has rows of 4 numbers, expected 3"});
}

TEST_CASE("npy: N19 a row that is not finite is rejected with its number; a row of zeros is valid",
          "[output][error]") {
  const TempFolder folder;
  std::string file = with_shape("(2, 2)", 16);
  const float bad = GENERATE(std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
  std::memcpy(file.data() + file.size() - 4, &bad, 4);
  const NpyFile npy = NpyFile::open(folder.write("a.npy", file));
  std::vector<float> row(2, 7.0F);
  npy.read_row(0, row);
  CHECK(row == std::vector<float>{0.0F, 0.0F});
  CHECK(error_of([&] { npy.read_row(1, row); }) ==
        Failure{"CORRUPT", (folder / "a.npy") + ": row 1 contains a NaN or an infinity"});
}

TEST_CASE("npy: a header truncated at any byte is rejected", "[output][error]") {
  const std::string file = with_shape("(2, 2)", 16);
  for (std::size_t size = 1; size < file.size(); ++size) CHECK(code(file.substr(0, size)) == "TRUNC");
}
