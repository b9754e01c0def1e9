// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::testing {

/// An array of a golden file. Exactly one of `floats`, `doubles` and `integers` holds the values, in C order;
/// 8-bit unsigned values are in `bytes` as well.
struct NpyArray {
  std::string dtype;  ///< as numpy writes it: "<f4", "<f8", "<i4", "<i8", "<u8", "|u1", ...
  std::vector<std::int64_t> shape;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<std::int64_t> integers;  ///< unsigned 64-bit values keep their bits
  std::vector<std::uint8_t> bytes;

  std::int64_t elements() const;
  /// Elements [index * n, (index + 1) * n), n = elements() / shape[0]: one row of `floats`.
  std::span<const float> row(std::int64_t index) const;
};

/// Reads version 1 to 3 of numpy's .npy, little-endian, C order. Written apart from the library's own reader,
/// so that the two cannot be wrong together. Errors: std::runtime_error naming the file.
NpyArray read_npy(const std::string& path);

/// data/`name` of the source tree.
std::string data_path(std::string_view name);
/// data/golden/`name` of the source tree.
std::string golden_path(std::string_view name);

/// A whole file. Errors: std::runtime_error naming the file.
std::string read_text(const std::string& path);
std::vector<std::uint8_t> read_bytes(const std::string& path);
/// The lines of a text file without their ends; a last line without an end counts.
std::vector<std::string> read_lines(const std::string& path);

/// Where two arrays of floats differ most.
struct Difference {
  std::int64_t worst = -1;  ///< index of the largest difference, -1 for empty arrays
  double largest = 0.0;     ///< infinite where one value is NaN, or both are infinite but not equal
  std::int64_t above = 0;   ///< how many elements differ by more than the tolerance
};
Difference compare(std::span<const float> actual, std::span<const float> expected, double tolerance);

/// A Catch2 check that every element lies within `tolerance` (absolute). When it fails it says how many do
/// not, and shows the worst element, its index, and its ratio to the tolerance. Returns whether it holds.
bool check_near(std::span<const float> actual, std::span<const float> expected, double tolerance,
                std::string_view what = "");
/// A Catch2 check that both hold the same bits; shows the first element that differs. Returns whether it
/// holds.
bool check_same_bits(std::span<const float> actual, std::span<const float> expected,
                     std::string_view what = "");

/// FNV-1a, 64 bits, of the bytes of `values`, as scripts/golden/models.py computes it.
std::uint64_t fnv1a(std::span<const float> values);

}  // namespace sightline::testing
