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

/// Reads version 1 to 3 of numpy's .npy, little-endian, C order. Independent of the library's own reader,
/// so that both cannot have the same bug. Errors: std::runtime_error naming the file.
NpyArray read_npy(const std::string& path);

/// The path data/`name` in the source tree.
std::string data_path(std::string_view name);
/// The path data/golden/`name` in the source tree.
std::string golden_path(std::string_view name);

/// The content of a file. Errors: std::runtime_error naming the file.
std::string read_text(const std::string& path);
std::vector<std::uint8_t> read_bytes(const std::string& path);
/// The lines of a text file without line ends; the last one need not have one.
std::vector<std::string> read_lines(const std::string& path);

/// The largest difference between two arrays of floats.
struct Difference {
  std::int64_t worst = -1;  ///< index of the largest difference, -1 for empty arrays
  double largest = 0.0;     ///< infinite if one value is NaN, or both are infinite but differ
  std::int64_t above = 0;   ///< number of elements that differ by more than the tolerance
};
Difference compare(std::span<const float> actual, std::span<const float> expected, double tolerance);

/// A Catch2 check that all elements are within the absolute `tolerance`. On failure it reports the number of
/// elements that are not, and the worst one with its index and its ratio to the tolerance. Returns whether it
/// holds.
bool check_near(std::span<const float> actual, std::span<const float> expected, double tolerance,
                std::string_view what = "");
/// A Catch2 check that both arrays have the same bits. On failure it reports the first element that differs.
/// Returns whether it holds.
bool check_same_bits(std::span<const float> actual, std::span<const float> expected,
                     std::string_view what = "");

/// The 64-bit FNV-1a hash of the bytes of `values`, as in scripts/golden/models.py.
std::uint64_t fnv1a(std::span<const float> values);

}  // namespace sightline::testing
