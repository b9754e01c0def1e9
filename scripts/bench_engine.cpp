// SPDX-License-Identifier: Apache-2.0
// The library in a loop, for scripts/bench.py: a model stays loaded and answers timing requests, so that
// startup and loading do not count. Built with the tests.
//
//   bench_engine MODEL THREADS    prints "ready", then one line with seconds for each line of stdin:
//
//   image N         encodes N images, whose pixels are in memory
//   captions FILE   tokenizes and encodes the lines of FILE
//   pixels FILE     the image files that FILE lists, to pixel values, in one thread
//   decode FILE     the same JPEG files, by libjpeg alone with the library's settings
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>  // before jpeglib.h, which needs FILE
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <jpeglib.h>

#include "sightline/sightline.h"

namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot open");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
  return lines;
}

/// Pixel values in the range of normalised images.
sightline::Tensor random_pixels(std::int64_t count, std::int64_t side) {
  sightline::Tensor pixels(sightline::Shape{count, 3, side, side});
  std::uint32_t state = 1;
  for (float& value : pixels.view().flat()) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8) / 4194304.0F - 2.0F;
  }
  return pixels;
}

void decode(const std::string& path, std::vector<unsigned char>& rows) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot open");
  std::string bytes(static_cast<std::size_t>(std::filesystem::file_size(path)), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  jpeg_decompress_struct decoder{};
  jpeg_error_mgr errors{};
  decoder.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&decoder, TRUE);
  decoder.out_color_space = JCS_RGB;
  jpeg_start_decompress(&decoder);
  constexpr unsigned kRows = 16;
  const std::size_t width = std::size_t{decoder.output_width} * 3;
  rows.resize(width * kRows);
  JSAMPROW pointers[kRows];
  for (unsigned i = 0; i < kRows; ++i) pointers[i] = rows.data() + i * width;
  while (decoder.output_scanline < decoder.output_height) jpeg_read_scanlines(&decoder, pointers, kRows);
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
}

class Engine {
 public:
  Engine(const std::string& model, int threads)
      : clip_(sightline::CLIP::from_preset(model, {.threads = threads})) {}

  double answer(const std::string& request) {
    std::istringstream words(request);
    std::string task, argument;
    words >> task >> std::ws;
    std::getline(words, argument);
    if (task == "image") {
      const std::int64_t count = std::stoll(argument);
      if (count != held_.shape()[0]) held_ = random_pixels(count, clip_->processor().image_size());
      return timed([&] { clip_->encode_images(held_.view()); });
    }
    const std::vector<std::string> items = lines_of(argument);
    if (task == "captions") return timed([&] { clip_->encode_texts(clip_->processor()(items)); });
    if (task == "pixels") {
      return timed([&] {
        for (const std::string& path : items) clip_->processor().process_images({path});
      });
    }
    if (task == "decode") {
      std::vector<unsigned char> rows;
      return timed([&] {
        for (const std::string& path : items) decode(path, rows);
      });
    }
    throw std::runtime_error("unknown task '" + task + "'");
  }

 private:
  template <class Run>
  static double timed(const Run& run) {
    const Clock::time_point start = Clock::now();
    run();
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  std::unique_ptr<sightline::CLIP> clip_;
  sightline::Tensor held_{sightline::Shape{0, 3, 1, 1}};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_engine MODEL THREADS\n";
    return 2;
  }
  try {
    Engine engine(argv[1], std::stoi(argv[2]));
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) std::cout << engine.answer(line) << std::endl;
  } catch (const std::exception& error) {
    std::cerr << "bench_engine: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
