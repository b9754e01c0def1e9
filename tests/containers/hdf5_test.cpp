// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5.h"

#include <array>
#include <cstring>

#include "containers/hdf5_builder.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using H5 = Hdf5Builder;

std::string golden_file() { return read_text(golden_path("weights/keras_small.weights.h5")); }

}  // namespace

TEST_CASE("hdf5: lookup3 matches its author's examples", "[io]") {
  CHECK(hdf5_checksum({}) == 0xDEADBEEFU);
  CHECK(hdf5_checksum(as_bytes("Four score and seven years ago")) == 0x17770551U);
}

TEST_CASE("hdf5: groups, datasets and their attributes as Keras writes them", "[io][golden]") {
  const std::string file = golden_file();
  const Hdf5Contents contents = parse_hdf5(as_bytes(file), "f");
  REQUIRE(contents.groups.size() == 9);
  CHECK(contents.groups[0].path.empty());
  CHECK(contents.groups[3].path == "layers/dense/vars");
  CHECK(contents.groups[3].attributes.at("name") == "first");
  REQUIRE(contents.datasets.size() == 4);
  CHECK(contents.datasets[0].path == "layers/dense/vars/0");
  CHECK(contents.datasets[0].shape == std::vector<std::int64_t>{3, 4});
  CHECK(contents.datasets[0].type == Hdf5Type::f32);
  CHECK(contents.datasets[0].attributes.empty());
  float last = 0;
  std::memcpy(&last, contents.datasets[3].bytes.data() + 12, 4);
  CHECK(last == 17.5F);
  CHECK(contents.datasets[3].bytes.data() + 16 <= as_bytes(file).data() + file.size());
}

TEST_CASE("hdf5: newer files, with links in headers and with checksums", "[io]") {
  H5 h5;
  const std::uint64_t data = h5.append(std::string(16, '\x01'));
  const std::string layout = "\x04\x01" + H5::number(data, 8) + H5::number(16, 8);
  const std::string space = std::string("\x02\x02\x00\x01", 4) + H5::number(2, 8) + H5::number(1, 8);
  const std::uint64_t dataset = h5.object_2(
      {H5::message_2(1, space), H5::message_2(3, H5::type(0, 8, 8)), H5::message_2(8, layout)}, 0x22);
  const std::string info =
      std::string(2, '\0') + H5::number(kHdf5Undefined, 8) + H5::number(kHdf5Undefined, 8);
  const std::uint64_t root =
      h5.object_2({H5::message_2(2, info), H5::message_2(6, H5::link("b", dataset)),
                   H5::message_2(6, H5::link("a", dataset)), H5::message_2(0x0A, std::string(2, '\0'))});
  const std::string file = GENERATE(0, 1) == 0 ? h5.file_2(root, 2) : h5.file_2(root, 3);
  const Hdf5Contents contents = parse_hdf5(as_bytes(file), "f");
  REQUIRE(contents.datasets.size() == 2);  // two names for one object
  CHECK(contents.datasets[0].path == "a");
  CHECK(contents.datasets[1].path == "b");
  CHECK(contents.datasets[1].type == Hdf5Type::i64);
  CHECK(contents.datasets[1].shape == std::vector<std::int64_t>{2, 1});
  CHECK(as_text(contents.datasets[1].bytes) == std::string(16, '\x01'));

  std::string bent = file;
  bent[static_cast<std::size_t>(root) + 8] ^= 1;
  CHECK(hdf5_code(bent) == "CORRUPT");
  bent = file;
  bent[44] ^= 1;
  CHECK(hdf5_code(bent) == "CORRUPT");
  CHECK(hdf5_code(h5.file_2(root, 3, 1)) == "CORRUPT");  // not closed
}

TEST_CASE("hdf5: a header in several blocks, old and new", "[io]") {
  H5 h5;
  const std::string data(8, '\0');
  const std::string more = H5::message(8, H5::compact(data));
  const std::uint64_t block = h5.append(more);
  const std::uint64_t object =
      h5.object({H5::message(1, H5::space({2})), H5::message(3, H5::float32()),
                 H5::message(0x10, H5::number(block, 8) + H5::number(more.size(), 8))},
                4);
  const std::string more_2 = H5::checked("OCHK" + H5::message_2(8, H5::compact(data)) + "gap");
  const std::uint64_t block_2 = h5.append(more_2);
  const std::uint64_t object_2 =
      h5.object_2({H5::message_2(1, H5::space({2})), H5::message_2(3, H5::float32()),
                   H5::message_2(0x10, H5::number(block_2, 8) + H5::number(more_2.size(), 8))},
                  GENERATE(0x00U, 0x11U, 0x22U, 0x03U));
  const std::string file = h5.file(h5.group({{"new", object_2}, {"old", object}}));
  const Hdf5Contents contents = parse_hdf5(as_bytes(file), "f");
  REQUIRE(contents.datasets.size() == 2);
  CHECK(contents.datasets[0].bytes.size() == 8);
  CHECK(contents.datasets[1].bytes.size() == 8);
}

TEST_CASE("hdf5: all number types", "[io]") {
  const auto type_of = [](const std::string& type, std::size_t bytes) {
    const std::string file = with_type(type, bytes);
    return std::string(hdf5_type_name(parse_hdf5(as_bytes(file), "f").datasets.at(0).type));
  };
  const auto floating = [](std::uint64_t bytes, std::string_view fields, std::uint64_t bias) {
    return H5::number(0x2011 | (bytes * 8 - 1) << 16, 4) + H5::number(bytes, 4) + H5::number(0, 2) +
           H5::number(bytes * 8, 2) + std::string(fields) + H5::number(bias, 4);
  };
  CHECK(type_of(floating(2, std::string_view("\x0A\x05\x00\x0A", 4), 15), 2) == "float16");
  CHECK(type_of(floating(2, std::string_view("\x07\x08\x00\x07", 4), 127), 2) == "bfloat16");
  CHECK(type_of(floating(4, std::string_view("\x17\x08\x00\x17", 4), 127), 4) == "float32");
  CHECK(type_of(floating(8, std::string_view("\x34\x0B\x00\x34", 4), 1023), 8) == "float64");
  constexpr std::array names = {"int8", "int16", "int32", "int64"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t bytes = std::size_t{1} << i;
    CHECK(type_of(H5::type(0, bytes, 8), bytes) == names[i]);
    CHECK(type_of(H5::type(0, bytes), bytes) == std::string("u") + names[i]);
  }
  CHECK(type_of(H5::type(5, 3), 3) == "opaque");
}

TEST_CASE("hdf5: strings of fixed and variable length", "[io]") {
  const auto attribute = [](const std::string& type, const std::string& value) {
    const std::string file = with_attribute(H5::attribute("a", type, H5::space({}), value));
    return parse_hdf5(as_bytes(file), "f").datasets.at(0).attributes.at("a");
  };
  CHECK(attribute(H5::fixed_string(4), "four") == "four");
  CHECK(attribute(H5::fixed_string(8), std::string("two\0\0\0\0\0", 8)) == "two");
  CHECK(attribute(H5::any_string(), H5::number(0, 16)).empty());
  const std::string inside = H5::attribute("a", H5::fixed_string(4), H5::space({}), std::string("a\0b\0", 4));
  CHECK(hdf5_code(with_attribute(inside)) == "CORRUPT");
}
