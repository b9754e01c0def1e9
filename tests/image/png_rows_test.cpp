// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_rows.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "image_bytes.h"
#include "sightline/image/png_decoder.h"
#include "sightline/image/png_library.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// All that decoding a file gives: rows, warnings, or the error.
struct Outcome {
  std::vector<std::uint8_t> pixels;
  ImageWarnings warnings;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(const std::string& file, PngDecoder decoder, const ImageLimits& limits = {}) {
  Outcome outcome;
  try {
    const auto reader = open_png(as_bytes(file), limits, &outcome.warnings, decoder);
    const ImageInfo& info = reader->info();
    const std::size_t stride =
        static_cast<std::size_t>(info.width) * static_cast<std::size_t>(channels_of(info.format)) + 64;
    outcome.pixels.resize(stride * static_cast<std::size_t>(info.height));
    for (std::int32_t y = 0; y < info.height; y += 3) {
      reader->read(outcome.pixels.data() + static_cast<std::size_t>(y) * stride, stride,
                   std::min(3, info.height - y));
    }
    reader->finish();
  } catch (const Error& error) {
    outcome.error = std::string(class_name(error.code())) + " " + error.what();
    outcome.pixels.clear();
  }
  return outcome;
}

/// Whether PngRows decodes the whole file.
bool reads_alone(const std::string& file) {
  PngLayout layout;
  read_png_layout(as_bytes(file), {}, nullptr, layout);
  if (!PngRows::can_read(layout)) {
    return false;
  }
  PngRows rows(layout);
  for (std::int32_t y = 0; y < layout.height; ++y) {
    if (rows.next() == nullptr) {
      return false;
    }
  }
  return rows.end();
}

struct Shape {
  int color;
  int depth;
  int width;
  int height;
};

/// Rows of random bytes, each with the filter that `filter` gives for it.
template <class FilterOf>
std::string random_rows(const Shape& shape, std::mt19937& random, FilterOf filter) {
  const int channels = shape.color == 2 ? 3 : shape.color == 4 ? 2 : shape.color == 6 ? 4 : 1;
  const int size = (shape.width * channels * shape.depth + 7) / 8;
  std::string rows;
  for (int y = 0; y < shape.height; ++y) {
    rows.push_back(static_cast<char>(filter(y)));
    for (int i = 0; i < size; ++i) {
      rows.push_back(static_cast<char>(random() % 3 == 0 ? random() : 1));
    }
  }
  return rows;
}

std::string png_of(const Shape& shape, const std::string& before, const std::string& stream) {
  const std::size_t half = stream.size() / 2;
  return kPngStart +
         png_header(static_cast<std::uint32_t>(shape.width), static_cast<std::uint32_t>(shape.height),
                    shape.depth, shape.color) +
         before + png_chunk("IDAT", stream.substr(0, half)) + png_chunk("IDAT", stream.substr(half)) +
         kPngEnd;
}

/// All combinations of colour type and depth, in several sizes.
std::vector<Shape> all_shapes() {
  std::vector<Shape> shapes;
  for (const auto& [color, depths] : std::vector<std::pair<int, std::vector<int>>>{
           {0, {1, 2, 4, 8, 16}}, {2, {8, 16}}, {3, {1, 2, 4, 8}}, {4, {8, 16}}, {6, {8, 16}}}) {
    for (const int depth : depths) {
      for (const auto& [width, height] :
           std::vector<std::pair<int, int>>{{1, 1}, {1, 7}, {2, 3}, {3, 2}, {7, 9}, {33, 20}, {400, 6}}) {
        shapes.push_back({color, depth, width, height});
      }
    }
  }
  return shapes;
}

std::string palette_of(const Shape& shape) {
  std::string palette;
  for (int i = 0; i < 3 << shape.depth; ++i) {
    palette.push_back(static_cast<char>(7 * i + 3));
  }
  return shape.color == 3 ? png_chunk("PLTE", palette) : std::string();
}

}  // namespace

TEST_CASE("png rows: every golden file gives libpng's rows", "[image]") {
  int alone = 0;
  for (const auto& entry : std::filesystem::directory_iterator(golden_path("image/files"))) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("png-")) {
      continue;
    }
    INFO(name);
    const std::string file = golden_image(name);
    CHECK(decode(file, PngDecoder::fastest) == decode(file, PngDecoder::libpng));
    const bool interlaced = file[28] != 0;
    CHECK(reads_alone(file) == !interlaced);
    alone += interlaced ? 0 : 1;
  }
  CHECK(alone >= 40);
}

TEST_CASE("png rows: all colour types, depths, filters and sizes give libpng's rows", "[image]") {
  std::mt19937 random(11);
  for (const Shape& shape : all_shapes()) {
    for (int filter = 0; filter <= 5; ++filter) {
      INFO("color " << shape.color << ", depth " << shape.depth << ", " << shape.width << "x" << shape.height
                    << ", filter " << filter);
      const auto filter_of = [&](int) { return filter == 5 ? static_cast<int>(random() % 5) : filter; };
      const std::string transparent = filter % 2 == 0    ? ""
                                      : shape.color == 3 ? png_chunk("tRNS", bytes_of({0, 128}))
                                      : shape.color == 2 ? png_chunk("tRNS", bytes_of({0, 1, 0, 1, 0, 1}))
                                      : shape.color == 0 ? png_chunk("tRNS", bytes_of({0, 1}))
                                                         : "";
      const std::string file =
          png_of(shape, palette_of(shape) + transparent, stored(random_rows(shape, random, filter_of)));
      CHECK(reads_alone(file));
      const Outcome outcome = decode(file, PngDecoder::fastest);
      CHECK(outcome.error.empty());
      CHECK(outcome == decode(file, PngDecoder::libpng));
    }
  }
}

TEST_CASE("png rows: what is damaged or unusual has libpng's outcome", "[image][error]") {
  std::mt19937 random(12);
  const Shape shape = {2, 8, 33, 20};
  const std::string rows = random_rows(shape, random, [](int y) { return y % 5; });
  const std::string good = stored(rows);
  std::vector<std::string> streams = {good.substr(0, good.size() - 1),
                                      good.substr(0, good.size() - 4),
                                      good.substr(0, good.size() - 1) + "\x77",
                                      good + "x",
                                      stored(rows + "more"),
                                      stored(rows.substr(0, rows.size() - 1)),
                                      stored(rows.substr(0, 500)),
                                      ""};
  for (const std::size_t at : {0U, 100U, 1900U}) {  // no such filter
    std::string bad = rows;
    bad[at] = '\7';
    streams.push_back(stored(bad));
  }
  for (int i = 0; i < 300; ++i) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1 << random() % 8);
    streams.push_back(bad);
  }
  ImageLimits lenient;
  lenient.checksums = false;
  for (const std::string& stream : streams) {
    const std::string file = png_of(shape, "", stream);
    CHECK(decode(file, PngDecoder::fastest) == decode(file, PngDecoder::libpng));
    CHECK(decode(file, PngDecoder::fastest, lenient) == decode(file, PngDecoder::libpng, lenient));
  }
}

TEST_CASE("png rows: wrong checksums of chunks are libpng's", "[image][error]") {
  const std::string file = golden_image("png-3-8.png");
  ImageLimits lenient;
  lenient.checksums = false;
  for (std::size_t at = 8; at < file.size(); ++at) {
    std::string bad = file;
    bad[at] ^= 4;
    INFO("byte " << at);
    CHECK(decode(bad, PngDecoder::fastest) == decode(bad, PngDecoder::libpng));
    CHECK(decode(bad, PngDecoder::fastest, lenient) == decode(bad, PngDecoder::libpng, lenient));
  }
}
