// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/inflater.h"

#include <libdeflate.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "image_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string compressed(const std::string& data, int level) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), data.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), data.data(), data.size(), out.data(), out.size()));
  return out;
}

/// What the stream contains, if it is accepted; it is read in pieces of `piece` bytes and stored in parts of
/// `part` bytes.
std::optional<std::string> inflated(const std::string& stream, std::size_t size, std::size_t piece = 4096,
                                    std::size_t part = 8192) {
  std::vector<ByteView> parts;
  for (std::size_t at = 0; at < stream.size(); at += part) {
    parts.push_back(as_bytes(std::string_view(stream).substr(at, part)));
  }
  Inflater inflater(parts, piece);
  std::string out;
  while (out.size() < size) {
    const std::size_t n = std::min(piece, size - out.size());
    const std::uint8_t* bytes = inflater.take(n);
    if (bytes == nullptr) {
      return std::nullopt;
    }
    out.append(reinterpret_cast<const char*>(bytes), n);
  }
  return inflater.ends_here() ? std::optional(out) : std::nullopt;
}

std::optional<std::string> inflated_by_libdeflate(const std::string& stream, std::size_t size) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string out(size, '\0');
  const bool good = libdeflate_zlib_decompress(decompressor.get(), stream.data(), stream.size(), out.data(),
                                               size, nullptr) == LIBDEFLATE_SUCCESS;
  return good ? std::optional(out) : std::nullopt;
}

/// Incompressible bytes, letters of unequal frequency, and repetitions at all distances.
std::vector<std::string> samples() {
  std::mt19937 random(3);
  std::vector<std::string> all = {"", "a", std::string(100'000, 'x')};
  std::string noise(150'000, '\0'), letters = noise, repetitions;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    noise[i] = static_cast<char>(random());
    letters[i] = static_cast<char>('a' + __builtin_ctz(static_cast<unsigned>(random()) | 1U << 20));
  }
  for (std::size_t distance = 1; distance <= 40; ++distance) {
    const std::string unit = noise.substr(distance * 50, distance);
    for (std::size_t length = 0; length < 700; length += distance) {
      repetitions += unit;
    }
  }
  const std::string far = noise.substr(0, 32'768);  // at the longest distance
  for (std::string sample : {noise, letters, repetitions, far + far + far.substr(5)}) {
    all.push_back(std::move(sample));
  }
  return all;
}

}  // namespace

TEST_CASE("inflater: streams of every kind of block give their data", "[image]") {
  for (const std::string& sample : samples()) {
    for (const int level : {0, 1, 6, 12}) {
      const std::string stream = compressed(sample, level);
      INFO(sample.size() << " bytes, level " << level);
      CHECK(inflated(stream, sample.size()) == sample);
      CHECK(inflated(stream, sample.size(), 100'000, stream.size()) == sample);
      CHECK(inflated(stream, sample.size(), 333, 7) == sample);
    }
  }
}

TEST_CASE("inflater: a stream that ends early or late is refused", "[image][error]") {
  const std::string sample = samples()[4].substr(0, 3000) + samples()[5].substr(0, 3000);
  for (const int level : {0, 6}) {
    const std::string stream = compressed(sample, level);
    for (std::size_t size = 0; size < stream.size(); ++size) {
      INFO("level " << level << ", cut to " << size);
      CHECK(!inflated(stream.substr(0, size), sample.size()));
    }
    CHECK(!inflated(stream + "x", sample.size()));
    CHECK(!inflated(stream, sample.size() - 1));
    CHECK(!inflated(stream, sample.size() + 1));
    CHECK(inflated(stream, sample.size()) == sample);
  }
}

TEST_CASE("inflater: a damaged stream has libdeflate's verdict", "[image][error]") {
  const std::string sample = samples()[4].substr(0, 2000) + samples()[5].substr(0, 2000);
  const std::string stream = compressed(sample, 6);
  for (std::size_t bit = 8; bit < 8 * stream.size(); ++bit) {
    std::string damaged = stream;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    INFO("bit " << bit);
    CHECK(inflated(damaged, sample.size(), 500, 1000) == inflated_by_libdeflate(damaged, sample.size()));
  }
}

TEST_CASE("inflater: unusual streams are left to zlib", "[image][error]") {
  const std::string data = "abc";
  const std::string stream = stored(data);
  const std::string body = stream.substr(2);
  CHECK(inflated(stream, 3) == data);
  CHECK(inflated(bytes_of({0x08, 0x1d}) + body, 3) == data);  // a window of 256 bytes
  CHECK(!inflated(bytes_of({0x78, 0x20}) + body, 3));         // a dictionary
  CHECK(!inflated(bytes_of({0x79, 0x00}) + body, 3));         // another method
  CHECK(!inflated(bytes_of({0x88, 0x1c}) + body, 3));         // a window of 64 KiB
  CHECK(!inflated(bytes_of({0x78, 0x02}) + body, 3));         // a wrong check of the header
  const std::string far = samples().back().substr(0, 300);
  const std::string beyond = compressed(far + far, 6).substr(2);
  CHECK(inflated(bytes_of({0x78, 0x01}) + beyond, 600) == far + far);
  CHECK(!inflated(bytes_of({0x08, 0x1d}) + beyond, 600));  // a distance of 300 in a window of 256
}

TEST_CASE("inflater: codes that are not complete are refused", "[image][error]") {
  DeflateTables tables;
  std::vector<std::uint8_t> lengths(257, 0);
  std::vector<std::uint8_t> distances(2, 0);
  lengths[0] = lengths[1] = 2;
  CHECK(!make_deflate_tables(lengths, distances, tables));  // no end of the block
  lengths[256] = 2;
  CHECK(!make_deflate_tables(lengths, distances, tables));  // incomplete
  lengths[256] = 1;
  CHECK(make_deflate_tables(lengths, distances, tables));  // no distances
  distances[1] = 1;
  CHECK(make_deflate_tables(lengths, distances, tables));  // a single distance
  distances[1] = 2;
  CHECK(!make_deflate_tables(lengths, distances, tables));
  distances = {1, 1};
  CHECK(make_deflate_tables(lengths, distances, tables));
  lengths[2] = 2;
  CHECK(!make_deflate_tables(lengths, distances, tables));  // over-subscribed
}
