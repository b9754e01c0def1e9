// SPDX-License-Identifier: Apache-2.0
// One wrong field at a time in an otherwise valid file, so that each check is tested on its own.

#include "containers/hdf5_builder.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using H5 = Hdf5Builder;

std::string golden_file() { return read_text(golden_path("weights/keras_small.weights.h5")); }

// `file` with `bytes` at offset `at`.
std::string with(std::string file, std::size_t at, const std::string& bytes) {
  return file.replace(at, bytes.size(), bytes);
}

// The same in a version 2 superblock, with its checksum updated.
std::string with_2(const std::string& file, std::size_t at, const std::string& bytes) {
  return H5::checked(with(file, at, bytes).substr(0, 44)) + file.substr(48);
}

// Little-endian floats; `sign` is the position of the sign bit.
std::string floats(std::uint64_t bytes, std::uint64_t sign, std::string_view fields, std::uint64_t bias,
                   std::uint64_t offset = 0, std::uint64_t precision = 0) {
  return H5::number(0x2011 | sign << 16, 4) + H5::number(bytes, 4) + H5::number(offset, 2) +
         H5::number(precision != 0 ? precision : bytes * 8, 2) + std::string(fields) + H5::number(bias, 4);
}

// A file whose root has `count` links to one dataset.
std::string with_links(std::size_t count) {
  H5 h5;
  const std::uint64_t dataset = h5.object(
      {H5::message(1, H5::space({0})), H5::message(3, H5::float32()), H5::message(8, H5::compact(""))});
  std::string names(8, '\0');
  std::vector<std::uint64_t> offsets, nodes, keys;
  for (std::size_t i = 0; i < count; ++i) {
    offsets.push_back(names.size());
    names += std::to_string(100'000 + i) + '\0';
  }
  const std::uint64_t heap = h5.heap(names);
  constexpr std::size_t kNode = 40'000;
  for (std::size_t begin = 0; begin < count; begin += kNode) {
    const std::size_t end = std::min(begin + kNode, count);
    const auto at = [&](std::size_t i) { return offsets.begin() + static_cast<std::ptrdiff_t>(i); };
    nodes.push_back(h5.append(H5::node(H5::Links(end - begin, {"", dataset}), {at(begin), at(end)})));
    keys.push_back(offsets[end - 1]);
  }
  return h5.file(h5.object({H5::table(h5.append(H5::tree(0, nodes, kHdf5Undefined, keys)), heap)}));
}

}  // namespace

TEST_CASE("hdf5: a file that ends inside its superblock is truncated", "[io][error]") {
  const std::string file = golden_file();
  for (std::size_t size = 1; size < 96; ++size) CHECK(hdf5_code(file.substr(0, size)) == "TRUNC");
  CHECK(hdf5_code(std::string(512, '\0') + file.substr(0, 8)) == "UNSUP");
}

TEST_CASE("hdf5: each field of an older superblock", "[io][error]") {
  const std::string file = golden_file();
  for (const std::size_t version : {9U, 10U, 12U})
    CHECK(hdf5_refusal(with(file, version, "\x01")) ==
          Failure{"UNSUP", "f: has structures of a version other than 0 in its superblock"});
  for (const std::size_t width : {13U, 14U})
    CHECK(hdf5_refusal(with(file, width, "\x04")) ==
          Failure{"UNSUP", "f: has addresses that are not 8 bytes wide"});
  CHECK(hdf5_refusal(with(file, 24, "\x08")) == Failure{"UNSUP", "f: has a base address other than 0"});
  CHECK(hdf5_refusal(with(file, 48, H5::number(96, 8))) ==
        Failure{"UNSUP", "f: uses a file driver, expected a single file"});
}

TEST_CASE("hdf5: each field of a newer superblock", "[io][error]") {
  H5 h5;
  const std::string file = h5.file_2(h5.group({}));
  CHECK(hdf5_code(with_2(file, 9, "\x08")).empty());
  for (const std::size_t width : {9U, 10U})
    CHECK(hdf5_refusal(with_2(file, width, "\x04")) ==
          Failure{"UNSUP", "f: has addresses that are not 8 bytes wide"});
  CHECK(hdf5_refusal(with_2(file, 12, "\x08")) == Failure{"UNSUP", "f: has a base address other than 0"});
}

TEST_CASE("hdf5: floats in an unknown format are rejected", "[io][error]") {
  const std::string_view fields("\x17\x08\x00\x17", 4);
  CHECK(hdf5_code(with_type(floats(4, 31, fields, 127), 4)).empty());
  CHECK(hdf5_code(with_type(floats(4, 31, fields, 126), 4)) == "TYPE");  // half of the bits
  CHECK(hdf5_code(with_type(floats(4, 30, fields, 127), 4)) == "TYPE");
  CHECK(hdf5_code(with_type(floats(8, 31, fields, 127), 8)) == "TYPE");
  CHECK(hdf5_code(with_type(floats(8, 31, fields, 127, 0, 32), 8)) == "TYPE");
  CHECK(hdf5_code(with_type(floats(4, 31, fields, 127, 1), 4)) == "TYPE");
  CHECK(hdf5_code(with_type(floats(4, 31, std::string_view("\x17\x08\x01\x17", 4), 127), 4)) == "TYPE");
  CHECK(hdf5_code(with_type(with(H5::float32(), 0, "\x01"), 4)) == "HEADER");  // version 0
  CHECK(hdf5_code(with_type(with(H5::float32(), 0, "\x51"), 4)).empty());
  CHECK(hdf5_code(with_type(with(H5::float32(), 0, "\x61"), 4)) == "HEADER");  // version 6
}

TEST_CASE("hdf5: each field of a dataspace and of a layout", "[io][error]") {
  const auto shaped = [](const std::string& space) {
    return hdf5_code(with_dataset(space, H5::float32(), H5::compact("four")));
  };
  const std::string one = H5::space({1}), sizes = H5::number(1, 8);
  CHECK(shaped(one).empty());
  CHECK(shaped(with(one, 0, "\x03")) == "UNSUP");
  CHECK(shaped(with(one, 2, "\x02") + sizes) == "UNSUP");  // permuted axes
  CHECK(shaped(with(one, 2, "\x01") + sizes).empty());     // maximum sizes
  CHECK(shaped(std::string("\x02\x01\x00\x01", 4) + sizes).empty());
  CHECK(shaped(std::string("\x02\x01\x00\x00", 4) + sizes) == "HEADER");
  CHECK(shaped(std::string("\x02\x00\x00\x01", 4)) == "HEADER");
  for (const char version : {'\x04', '\x05'})
    CHECK(hdf5_code(with_dataset(one, H5::float32(), version + H5::compact("four").substr(1))).empty());
  CHECK(hdf5_code(with_dataset(one, H5::float32(), '\x06' + H5::compact("four").substr(1))) == "UNSUP");
}

TEST_CASE("hdf5: each field of an attribute", "[io][error]") {
  const std::string text = H5::fixed_string(4), scalar = H5::space({});
  const std::string good = H5::attribute("a", text, scalar, "four");
  CHECK(hdf5_code(with_attribute(good)).empty());
  const Failure failure = hdf5_refusal(with_attribute(with(good, 0, std::string(1, '\0'))));
  CHECK(failure == Failure{"UNSUP", "f: d: has an attribute of version 0"});
  CHECK(hdf5_refusal(with_attribute(with(good, 0, "\x04"))) ==
        Failure{"UNSUP", "f: d: has an attribute of version 4"});
  CHECK(hdf5_code(with_attribute(H5::attribute("\xFF", text, scalar, "four"))) == "UTF8");
  // Values with a string's flags that are not strings, and a variable-length list.
  const std::string number = H5::type(0, 4, 1), list = with(H5::any_string(), 1, std::string(1, '\0'));
  CHECK(hdf5_code(with_attribute(H5::attribute("a", number, scalar, "four"))) == "UNSUP");
  CHECK(hdf5_code(with_attribute(H5::attribute("a", list, scalar, std::string(16, '\0')))) == "UNSUP");
}

TEST_CASE("hdf5: each field of a newer link", "[io][error]") {
  const auto linked = [](std::uint64_t flags, const std::string& fields, const std::string& name) {
    H5 h5;
    const std::string address = H5::number(h5.group({}), 8);
    const std::string body =
        H5::number(1, 1) + H5::number(flags, 1) + fields + H5::number(name.size(), 1) + name + address;
    return hdf5_refusal(h5.file_2(h5.object_2({H5::message_2(6, body)})));
  };
  CHECK(linked(0, "", "name").code.empty());
  CHECK(linked(0x04, H5::number(7, 8), "name").code.empty());               // creation order
  CHECK(linked(0x10, "\x01", "name").code.empty());                         // UTF-8
  CHECK(linked(0x1C, std::string(9, '\0') + "\x01", "name").code.empty());  // with a kind: a hard link
  CHECK(linked(0x20, "", "name").code == "HEADER");
  CHECK(linked(0, "", "").code == "HEADER");
  CHECK(linked(0, "", ".").code == "HEADER");
  CHECK(linked(0, "", "..").code == "HEADER");
  CHECK(linked(0, "", "a/b").code == "HEADER");
  CHECK(linked(0, "", "\xFF").code == "UTF8");
  CHECK_THAT(linked(0x08, "\x01", "name").message, Contains("that is soft"));
  CHECK_THAT(linked(0x08, "\x40", "name").message, Contains("that is external"));
  CHECK_THAT(linked(0x08, "\x41", "name").message, Contains("that is user-defined"));
}

TEST_CASE("hdf5: header sizes of newer files, and the limit on blocks", "[io][error]") {
  H5 wide;
  const std::uint64_t root = wide.append(std::string("OHDR\x02\x03", 6) + H5::number(UINT64_MAX - 10, 8));
  wide.append(std::string(64, '\0'));
  CHECK(hdf5_code(wide.file_2(root)) == "RANGE");
  const auto versioned = [](std::uint64_t version, std::uint64_t flags) {
    H5 h5;
    const std::string group = H5::message_2(0x0A, std::string(2, '\0'));
    return hdf5_code(h5.file_2(h5.append(H5::checked("OHDR" + H5::number(version, 1) + H5::number(flags, 1) +
                                                     H5::number(group.size(), 1) + group))));
  };
  CHECK(versioned(2, 0).empty());
  CHECK(versioned(3, 0) == "HEADER");
  CHECK(versioned(2, 0x40) == "HEADER");
  CHECK(versioned(2, 0x80) == "HEADER");

  const auto continued = [](std::size_t blocks) {
    H5 h5;
    const std::uint64_t heap = h5.heap(std::string(8, '\0'));
    const std::uint64_t tree = h5.append(H5::tree(0, {}));
    std::string next = H5::table(tree, heap);
    for (std::size_t i = 0; i < blocks; ++i) {
      const std::uint64_t size = next.size();
      next = H5::message(0x10, H5::number(h5.append(next), 8) + H5::number(size, 8));
    }
    return hdf5_refusal(h5.file(h5.object({next}, static_cast<int>(blocks) + 1)));
  };
  CHECK(continued(64).code.empty());
  CHECK(continued(65) == Failure{"LIMIT", "f: has a header of more than 64 continuation blocks"});
}

TEST_CASE("hdf5: as many links and objects as allowed, and one more", "[io][error]") {
  CHECK(hdf5_code(with_links(99'999)).empty());  // plus the root
  CHECK(hdf5_refusal(with_links(100'000)) == Failure{"LIMIT", "f: contains more than 100000 objects"});
  CHECK(hdf5_refusal(with_links(100'001)) == Failure{"LIMIT", "f: has more than 100000 links"});
}
