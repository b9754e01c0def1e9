// SPDX-License-Identifier: Apache-2.0
// The hand-made files of llama.cpp's tests/test-gguf.cpp, with the verdicts that its own reader gives.

#include <array>
#include <random>

#include "containers/gguf_bytes.h"
#include "sightline/containers/gguf.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr unsigned kSeeds = 100;

struct Type {
  std::uint32_t number;
  std::uint64_t block;
  std::size_t bytes;
};
// llama.cpp draws from all ggml types; this test draws from the supported ones.
constexpr std::array<Type, 13> kTypes = {{{0, 1, 4},
                                          {1, 1, 2},
                                          {2, 32, 18},
                                          {3, 32, 20},
                                          {6, 32, 22},
                                          {7, 32, 24},
                                          {8, 32, 34},
                                          {24, 1, 1},
                                          {25, 1, 2},
                                          {26, 1, 4},
                                          {27, 1, 8},
                                          {28, 1, 8},
                                          {30, 1, 2}}};
constexpr std::array<std::size_t, 13> kValueBytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
constexpr std::uint32_t kString = 8, kArray = 9;

// The defect of a file, if any.
struct Kind {
  std::string_view name;
  std::string_view verdict;  ///< class of the error, empty if the file is accepted
  bool values = false, tensors = false, data = false;
};
constexpr std::array kKinds = {
    Kind{"HEADER_BAD_MAGIC", "MAGIC"},
    Kind{"HEADER_BAD_VERSION_1", "UNSUP"},
    Kind{"HEADER_BAD_VERSION_FUTURE", "UNSUP"},
    Kind{"HEADER_BAD_N_KV", "RANGE"},
    Kind{"HEADER_BAD_N_TENSORS", "RANGE"},
    Kind{"HEADER_EMPTY", ""},
    Kind{"KV_BAD_KEY_SIZE", "RANGE", true},
    Kind{"KV_BAD_TYPE", "TYPE", true},
    Kind{"KV_DUPLICATE_KEY", "DUP", true},
    Kind{"KV_BAD_ALIGN", "RANGE", true},
    Kind{"KV_SUCCESS", "", true},
    Kind{"TENSORS_BAD_NAME_SIZE", "LIMIT", true, true},
    Kind{"TENSORS_BAD_N_DIMS", "RANGE", true, true},
    Kind{"TENSORS_BAD_SHAPE", "RANGE", true, true},
    Kind{"TENSORS_NE_TOO_BIG", "RANGE", true, true},
    Kind{"TENSORS_BAD_TYPE", "TYPE", true, true},
    Kind{"TENSORS_BAD_OFFSET", "RANGE", true, true},
    Kind{"TENSORS_DUPLICATE_NAME", "DUP", true, true},
    Kind{"TENSORS_BAD_ALIGN", "RANGE", true, true},
    Kind{"TENSORS_INCONSISTENT_ALIGN", "RANGE", true, true},
    // Files without data: llama.cpp accepts them as long as the data is not requested.
    Kind{"TENSORS_SUCCESS", "TRUNC", true, true},
    Kind{"TENSORS_CUSTOM_ALIGN", "TRUNC", true, true},
    Kind{"DATA_NOT_ENOUGH_DATA", "TRUNC", true, true, true},
    Kind{"DATA_BAD_ALIGN", "RANGE", true, true, true},
    Kind{"DATA_INCONSISTENT_ALIGN", "RANGE", true, true, true},
    Kind{"DATA_SUCCESS", "", true, true, true},
    Kind{"DATA_CUSTOM_ALIGN", "", true, true, true},
};

class Maker {
 public:
  Maker(const Kind& kind, unsigned seed) : kind_(kind), random_(seed) {}

  std::string make() {
    if (is("HEADER_BAD_MAGIC")) file_.magic = "FUGG";
    if (is("HEADER_BAD_VERSION_1")) file_.version = 1;
    if (is("HEADER_BAD_VERSION_FUTURE")) file_.version = 4;
    if (is("HEADER_BAD_N_KV")) file_.extra_values = UINT64_MAX;
    if (is("HEADER_BAD_N_TENSORS")) file_.extra_tensors = UINT64_MAX;
    if (kind_.values) add_values();
    add_alignment();
    if (is("INCONSISTENT_ALIGN")) file_.alignment = 1;
    if (kind_.tensors) add_tensors();
    if (!kind_.data) file_.data.clear();
    std::string bytes = file_.bytes();
    if (is("DATA_NOT_ENOUGH_DATA")) bytes.pop_back();
    return bytes;
  }

 private:
  bool is(std::string_view part) const { return kind_.name.ends_with(part); }
  std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(random_() % limit); }

  std::string random_bytes(std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(below(256) | 1);
    return bytes;
  }
  std::string scalar(std::uint32_t type) {
    return type == kString ? u64(5) + "w\xC3\xB6rd" : random_bytes(kValueBytes[type]);
  }

  void add_values() {
    for (std::uint32_t i = 0; i < 100; ++i) {
      const std::string key = "my_key_" + std::to_string(is("KV_DUPLICATE_KEY") ? i / 2 : i);
      const std::uint32_t type = is("KV_BAD_TYPE") ? 13 : below(13);
      if (type == kArray) {
        std::uint32_t inner = below(13);
        if (inner == kArray) inner = kString;
        const std::uint32_t count = below(17);
        std::string elements;
        for (std::uint32_t j = 0; j < count; ++j) elements += scalar(inner);
        file_.array(key, inner, count, elements);
      } else {
        file_.value(key, type, type == 13 ? "x" : scalar(type));
      }
      if (is("KV_BAD_KEY_SIZE")) file_.values.back().replace(0, 8, u64(UINT64_MAX));
    }
  }

  void add_alignment() {
    if (is("BAD_ALIGN")) {
      file_.value("general.alignment", 4, u32(13));
    } else if (is("CUSTOM_ALIGN")) {
      file_.value("general.alignment", 4, u32(1));
      file_.alignment = 1;
    }
  }

  void add_tensors() {
    for (int i = 0; i < 100; ++i) {
      const Type& type = kTypes[below(kTypes.size())];
      std::vector<std::uint64_t> sides = {(1 + below(10)) * type.block};
      std::size_t size = sides[0] / type.block * type.bytes;
      const std::uint32_t rank = 1 + below(4);
      for (std::uint32_t axis = 1; axis < rank; ++axis) {
        sides.push_back(1 + below(10));
        size *= sides.back();
      }
      std::string name = "my_tensor";
      if (!is("DUPLICATE_NAME")) name += "_" + std::to_string(i);
      if (is("BAD_NAME_SIZE")) name += "_with_a_very_long_name_which_is_longer_than_what_is_allowed_for_ggml";
      if (is("BAD_N_DIMS")) sides.resize(5, 1);
      if (is("BAD_SHAPE")) sides.assign(sides.size(), UINT64_MAX);
      if (is("NE_TOO_BIG")) sides.assign(2, 4 * std::uint64_t{INT32_MAX});
      file_.tensor(name, sides, is("BAD_TYPE") ? 42 : type.number, size);
      if (is("BAD_OFFSET")) file_.tensors.back().replace(file_.tensors.back().size() - 8, 8, u64(UINT64_MAX));
    }
  }

  const Kind& kind_;
  std::mt19937 random_;
  GgufFile file_;
};

}  // namespace

TEST_CASE("gguf: G16 the kinds of files in llama.cpp's tests, a hundred of each", "[io][error]") {
  for (const Kind& kind : kKinds) {
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
      const std::string file = Maker(kind, seed).make();
      const Failure failure = error_of([&] { (void)parse_gguf(as_bytes(file), "f"); });
      INFO(kind.name << ", seed " << seed << ": " << failure.message);
      REQUIRE(failure.code == kind.verdict);
    }
  }
}

TEST_CASE("gguf: G16 contents of the accepted files", "[io]") {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const std::string file = Maker(kKinds.back(), seed).make();
    const GgufContents contents = parse_gguf(as_bytes(file), "f");
    REQUIRE(contents.values.size() == 101);
    REQUIRE(contents.tensors.size() == 100);
    const std::byte* at = as_bytes(file).data() + file.size();
    for (auto tensor = contents.tensors.rbegin(); tensor != contents.tensors.rend(); ++tensor) {
      at -= tensor->bytes.size();
      CHECK(tensor->bytes.data() == at);
      CHECK((as_text(tensor->bytes) == counting(tensor->bytes.size())));
    }
  }
}
