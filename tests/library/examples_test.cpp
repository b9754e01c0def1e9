// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "examples/includes.h"
#include "library/preset_folder.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline::testing;

namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  REQUIRE(pipe != nullptr);
  std::string text;
  std::array<char, 4096> block;
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe.get()))
    text.append(block.data(), count);
  return text;
}

}  // namespace

TEST_CASE("library: the example of the engine gives cosines", "[library]") {
  const PresetFolder folder;
#include "examples/engine.inc"
  REQUIRE(cosine.shape() == sightline::Shape{1, 2});
  for (const float value : cosine.view().flat()) CHECK(std::abs(value) <= 1);
  CHECK(cosine.data()[1] > cosine.data()[0]);  // cats, rather than mountains
}

TEST_CASE("library: the example of tensors", "[library]") {
#include "examples/tensors.inc"
  CHECK(width == 3);
  CHECK(view.flat()[5] == 1);
  CHECK(ids.view<std::int32_t>().flat()[0] == 7);
}

TEST_CASE("library: the example of threads", "[library]") {
#include "examples/threads.inc"
  CHECK(clip->embedding_size() > 0);
}

TEST_CASE("library: the example of preprocessing", "[library]") {
#include "examples/preprocessing.inc"
  const std::string image = std::string(SIGHTLINE_DATA_DIR) + "/images/cat.png";
  const auto pixels_with = [&](sightline::Preprocess preprocess) {
    const auto other = sightline::CLIP::from_preset("", {.preprocess = preprocess});
    const sightline::Tensor pixels = other->processor().process_images({image});
    return std::vector<float>(pixels.view().flat().begin(), pixels.view().flat().end());
  };
  const std::vector<float> hf = pixels_with(sightline::Preprocess::hf);
  CHECK(pixels_with(sightline::Preprocess::automatic) == hf);
  CHECK(pixels_with(sightline::Preprocess::torchvision) != hf);
  CHECK(clip->embedding_size() > 0);
}

TEST_CASE("library: the example of precisions", "[library]") {
#include "examples/precision.inc"
  REQUIRE(cosine.shape() == sightline::Shape{1, 1});
  CHECK(cosine.data()[0] > 0.999F);
  CHECK(cosine.data()[0] < 1);
}

TEST_CASE("library: the example of errors", "[library]") {
  const PresetFolder folder;
#include "examples/errors.inc"
  CHECK_THAT(problem, Contains("no/such-model"));
}

TEST_CASE("library: the example of the data folder", "[library]") {
#include "examples/data_folder.inc"
  CHECK(changed == before / "..");
  CHECK(sightline::data_folder() == before);
}

TEST_CASE("library: the example program prints the same numbers as the command-line program", "[library]") {
  const std::string image = std::string(SIGHTLINE_DATA_DIR) + "/images/cat.png";
  const std::string ours = output_of(std::string(SIGHTLINE_EXAMPLES) + "/cosines_example " + image);
  const std::string theirs = output_of(std::string(SIGHTLINE_BINARY) + " score " + image +
                                       " -c 'a photo of a cat' -c 'a photo of a dog' --format csv");
  CAPTURE(ours, theirs);
  std::istringstream lines(ours);
  std::string line;
  int rows = 0;
  for (; std::getline(lines, line); ++rows) {
    const std::size_t tab = line.rfind('\t');
    REQUIRE(tab != std::string::npos);
    CHECK_THAT(theirs, Contains(line.substr(tab + 1, 6)));  // "0.1234"
  }
  CHECK(rows == 2);
}

TEST_CASE("library: a program finds the data of the library it was compiled against", "[library]") {
  const TempFolder folder;
  std::filesystem::copy_file(std::string(SIGHTLINE_EXAMPLES) + "/cosines_example", folder / "program");
  const std::string image = " " + std::string(SIGHTLINE_DATA_DIR) + "/images/cat.png";
  CHECK_THAT(output_of("cd / && " + (folder / "program") + image), Contains("a photo of a cat\t0."));
  CHECK(output_of("SIGHTLINE_DATA=" + folder.path() + " " + (folder / "program") + image + " 2>&1") ==
        "error: " + folder.path() + "/demo-model: does not exist\n");
}
