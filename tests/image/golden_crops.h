// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "sightline/image/pipeline_run.h"
#include "support/catch.h"
#include "support/golden.h"

/// The golden crops of data/golden/<folder>: images, index.tsv and expected.bin (scripts/golden/images.py and
/// others). The images of image_torchvision are those of image.
namespace sightline::testing {

struct GoldenCase {
  std::string image;
  PixelPipeline pipeline;
  std::size_t offset = 0;
  std::int32_t height = 0;
  std::int32_t width = 0;
  std::string line;
};

inline GoldenCase parse_case(const std::string& line) {
  GoldenCase c;
  c.line = line;
  std::istringstream in(line);
  int alpha = 0;
  int rule = 0;
  int resize = 0;
  int resample = 0;
  PixelPipeline& p = c.pipeline;
  in >> c.image >> p.exif >> alpha >> rule >> resize >> p.height >> p.width >> resample >> p.crop >>
      p.crop_height >> p.crop_width >> p.fill >> c.offset >> c.height >> c.width;
  REQUIRE(!in.fail());
  p.alpha = alpha == 0 ? Alpha::white : Alpha::drop;
  p.rule = static_cast<PixelRule>(rule);
  p.resize = static_cast<ResizeMode>(resize);
  p.resample = static_cast<Resample>(resample);
  return c;
}

inline std::vector<GoldenCase> golden_cases(const std::string& folder) {
  std::vector<std::string> lines = read_lines(golden_path(folder + "/index.tsv"));
  std::vector<GoldenCase> cases;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    cases.push_back(parse_case(lines[i]));
  }
  return cases;
}

inline ByteView view(const std::vector<std::uint8_t>& bytes) { return std::as_bytes(std::span(bytes)); }

/// Number of bytes that differ from the expected ones; all of them if the sizes differ.
inline std::size_t differing_bytes(const Image& image, const GoldenCase& c,
                                   const std::vector<std::uint8_t>& expected) {
  const auto size = static_cast<std::size_t>(c.height) * static_cast<std::size_t>(c.width) * 3;
  REQUIRE(c.offset + size <= expected.size());
  if (image.height != c.height || image.width != c.width || image.pixels.size() != size) {
    return size;
  }
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    count += image.pixels[i] != expected[c.offset + i] ? 1 : 0;
  }
  return count;
}

/// Every crop of `folder` whose image is `wanted` (null: all) equals its golden byte for byte, with the
/// kernels of `level`, and without a warning.
inline void check_golden_crops(const std::string& folder, SimdLevel level,
                               bool (*wanted)(const std::string& image) = nullptr) {
  const std::vector<std::uint8_t> expected = read_bytes(golden_path(folder + "/expected.bin"));
  for (const GoldenCase& c : golden_cases(folder)) {
    if (wanted != nullptr && !wanted(c.image)) {
      continue;
    }
    INFO(c.line);
    const std::string images = folder == "image_torchvision" ? "image" : folder;
    const std::vector<std::uint8_t> file = read_bytes(golden_path(images + "/files/" + c.image));
    std::vector<std::string> warnings;
    CHECK(differing_bytes(load_pixels(view(file), c.pipeline, ImageLimits{}, &warnings, level), c,
                          expected) == 0);
    CHECK(warnings.empty());
  }
}

}  // namespace sightline::testing
