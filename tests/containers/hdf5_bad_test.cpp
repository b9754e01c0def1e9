// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5.h"

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

TEST_CASE("hdf5: H01 a user block, and files that are not HDF5", "[io][error]") {
  const std::string file = golden_file();
  CHECK(hdf5_code(std::string(512, '\0') + file) == "UNSUP");
  CHECK(hdf5_code(std::string(2048, '\0') + file) == "UNSUP");
  CHECK(hdf5_code(std::string(600, '\0') + file) == "MAGIC");
  CHECK(hdf5_code("PK\x03\x04") == "MAGIC");
  CHECK(hdf5_code("") == "MAGIC");
  CHECK(hdf5_code("\x89HDF") == "TRUNC");
  std::string version = file;
  version[8] = GENERATE('\x01', '\x04', '\xFF');
  CHECK(hdf5_code(version) == "UNSUP");
}

TEST_CASE("hdf5: H02 a truncated file is reported as such", "[io][error]") {
  const std::string file = golden_file();
  for (std::size_t part = 1; part < 64; ++part)
    CHECK(hdf5_code(file.substr(0, file.size() * part / 64)) == "TRUNC");
  CHECK(hdf5_code(file.substr(0, file.size() - 1)) == "TRUNC");
  CHECK(hdf5_code(file + '\0') == "RANGE");
}

TEST_CASE("hdf5: H03 links that are not hard are not followed", "[io][error]") {
  H5 h5;
  const std::uint64_t dataset = h5.dataset();
  const Failure soft = hdf5_refusal(h5.file(h5.group({{"d", dataset}}, {}, 2)));
  CHECK(soft == Failure{"UNSAFE", "f: has a link 'd' that is soft, expected hard links only"});
  CHECK(hdf5_code(h5.file(h5.group({{"d", dataset}}, {}, 3))) == "HEADER");

  const auto with_link = [](std::uint64_t kind, const std::string& rest) {
    H5 made;
    const std::string body = H5::number(1, 1) + H5::number(8, 1) + H5::number(kind, 1) + H5::number(1, 1) +
                             "n" + H5::number(rest.size(), 2) + rest;
    return made.file_2(made.object_2({H5::message_2(6, body)}));
  };
  CHECK(hdf5_code(with_link(1, "/etc/passwd")) == "UNSAFE");
  CHECK(hdf5_code(with_link(64, std::string("\0/etc/passwd\0/\0", 15))) == "UNSAFE");
  CHECK(hdf5_code(with_link(65, "x")) == "UNSAFE");
}

TEST_CASE("hdf5: files with these features written by the reference library", "[io][golden]") {
  const auto verdict = [](const std::string& name) {
    return hdf5_code(read_text(data_path("fuzz/hdf5/" + name)));
  };
  CHECK(verdict("default").empty());
  CHECK(verdict("latest").empty());
  CHECK(verdict("compact").empty());
  CHECK(verdict("h03_soft") == "UNSAFE");
  CHECK(verdict("h03_external") == "UNSAFE");
  CHECK(verdict("h04_external_storage") == "UNSAFE");
  CHECK(verdict("h05_virtual") == "UNSAFE");
  CHECK(verdict("h06_chunked") == "UNSUP");
  CHECK(verdict("h08_never_written") == "MISSING");
  CHECK(verdict("h09_cycle") == "LIMIT");
  CHECK(verdict("h12_big_endian") == "TYPE");
  CHECK(verdict("h12_compound") == "TYPE");
  CHECK(verdict("many_links") == "UNSUP");
}

TEST_CASE("hdf5: H04-H06 external, virtual and chunked data", "[io][error]") {
  const std::string space = H5::message(1, H5::space({2})), type = H5::message(3, H5::float32());
  const Failure external =
      hdf5_refusal(with_object({space, type, H5::message(7, std::string(16, '\0'))}));  // H04
  CHECK(external.code == "UNSAFE");
  CHECK_THAT(external.message, Contains("f: d: is stored in another file"));
  const std::string virtual_layout = "\x04\x03" + H5::number(0, 8) + H5::number(0, 4);
  CHECK(hdf5_code(with_object({space, type, H5::message(8, virtual_layout)})) == "UNSAFE");  // H05
  const std::string chunked = "\x03\x02\x02" + H5::number(0, 8) + H5::number(1, 4) + H5::number(4, 4);
  const Failure chunks = hdf5_refusal(with_dataset(H5::space({1ULL << 40}), H5::float32(), chunked));  // H06
  CHECK(chunks == Failure{"UNSUP", "f: d: is stored in chunks, expected contiguous data"});
  CHECK(hdf5_code(with_object({space, type, H5::message(8, "\x03\x04")})) == "HEADER");
  CHECK(hdf5_code(with_object({space, type, H5::message(8, "\x01\x01\x01")})) == "UNSUP");  // of HDF5 1.6
}

TEST_CASE("hdf5: H07-H08 impossible sizes and addresses", "[io][error]") {
  const std::string type = H5::float32();
  const auto shaped = [&](const std::vector<std::uint64_t>& shape, const std::string& layout) {
    return hdf5_code(with_dataset(H5::space(shape), type, layout));
  };
  CHECK(shaped({1ULL << 32, 1ULL << 32}, H5::contiguous(96, 0)) == "RANGE");  // H07
  CHECK(shaped({1ULL << 62, 4}, H5::contiguous(96, 16)) == "RANGE");
  CHECK(shaped({UINT64_MAX, 1}, H5::contiguous(96, 4)) == "RANGE");
  CHECK(shaped({2}, H5::contiguous(1 << 20, 8)) == "RANGE");  // H08
  CHECK(shaped({2}, H5::contiguous(UINT64_MAX - 4, 8)) == "RANGE");
  CHECK(shaped({1ULL << 40}, H5::contiguous(96, 1ULL << 42)) == "RANGE");
  CHECK(shaped({2}, H5::contiguous(kHdf5Undefined, 8)) == "MISSING");
  CHECK(shaped({0}, H5::contiguous(kHdf5Undefined, 0)).empty());
  CHECK(shaped({2}, H5::contiguous(96, 4)) == "RANGE");  // fewer bytes than the shape needs
  CHECK(shaped({2}, H5::contiguous(96, 12)) == "RANGE");
  CHECK(shaped({2}, H5::compact(std::string(4, '\0'))) == "RANGE");
  CHECK(shaped({2}, H5::compact("").replace(2, 2, H5::number(8, 2))) == "HEADER");
  CHECK(shaped({1, 1, 1, 1, 1, 1, 1, 1}, H5::compact("four")).empty());
  CHECK(shaped({1, 1, 1, 1, 1, 1, 1, 1, 1}, H5::compact("four")) == "LIMIT");
}

TEST_CASE("hdf5: H09 groups that contain themselves or are nested too deeply", "[io][error]") {
  H5 self;
  const std::string table = H5::table(0, 0);
  const std::uint64_t root = self.object({table});
  const std::uint64_t again = self.group({{"again", root}});
  std::string file = self.file(root);
  // The root becomes a link to itself: the same tree and heap.
  const std::size_t body = 16 + 8;
  file.replace(static_cast<std::size_t>(root) + body, 16,
               file.substr(static_cast<std::size_t>(again) + body, 16));
  CHECK(hdf5_code(file) == "LIMIT");

  const auto nested = [](int depth) {
    H5 h5;
    std::uint64_t at = h5.group({});
    for (int i = 1; i < depth; ++i) at = h5.group({{"g", at}});
    return hdf5_code(h5.file(at));
  };
  CHECK(nested(32).empty());
  CHECK(nested(33) == "LIMIT");
}

TEST_CASE("hdf5: many names for few objects reach a limit", "[io][error]") {
  // Two names per level and 31 levels: two billion datasets in 10 kB.
  H5 h5;
  std::uint64_t at = h5.dataset();
  for (int i = 0; i < 30; ++i) at = h5.group({{"a", at}, {"b", at}});
  CHECK(hdf5_code(h5.file(at)) == "LIMIT");
}

TEST_CASE("hdf5: H10 B-trees with cycles", "[io][error]") {
  const auto with_tree = [](auto make) {
    H5 h5;
    const std::uint64_t heap = h5.heap(std::string(8, '\0'));
    const std::uint64_t tree = h5.next();
    make(h5, tree);
    return hdf5_code(h5.file(h5.object({H5::table(tree, heap)})));
  };
  CHECK(with_tree([](H5& h5, std::uint64_t tree) { h5.append(H5::tree(1, {tree})); }) == "LIMIT");
  CHECK(with_tree([](H5& h5, std::uint64_t tree) { h5.append(H5::tree(0, {}, tree)); }) == "LIMIT");
  CHECK(with_tree([](H5& h5, std::uint64_t tree) {
          h5.append(H5::tree(1, {tree + 64, tree + 64}));
          h5.append(H5::tree(0, {}));
        }) == "LIMIT");
  CHECK(with_tree([](H5& h5, std::uint64_t tree) {
          std::uint64_t next = tree;
          for (int i = 0; i < 40; ++i) h5.append(H5::tree(1, {next += 48}));
          h5.append(H5::tree(0, {}));
        }) == "LIMIT");
  CHECK(with_tree([](H5& h5, std::uint64_t) { h5.append("tree"); }) == "CORRUPT");
  CHECK(with_tree([](H5& h5, std::uint64_t tree) { h5.append(H5::tree(0, {tree})); }) == "LIMIT");
  CHECK(with_tree([](H5& h5, std::uint64_t) { h5.append(H5::tree(0, {1 << 20})); }) == "RANGE");
}

TEST_CASE("hdf5: H11 names outside their heap, and invalid names", "[io][error]") {
  const auto with_names = [](const std::string& names, std::uint64_t offset) {
    H5 h5;
    const std::uint64_t dataset = h5.dataset();
    const std::uint64_t empty = names.size();
    const std::uint64_t heap = h5.heap(names + '\0');
    const std::uint64_t node = h5.append(H5::node({{"", dataset}}, {offset}));
    std::string tree = H5::tree(0, {node}, kHdf5Undefined, {offset});
    tree.replace(24, 8, H5::number(empty, 8));
    return hdf5_code(h5.file(h5.object({H5::table(h5.append(tree), heap)})));
  };
  CHECK(with_names(std::string("12345678d\0", 10), 8).empty());
  CHECK(with_names("12345678", 9) == "RANGE");
  H5 open;
  const std::uint64_t object = open.dataset(),
                      heap = open.heap(std::string("\0open", 5));  // not NUL-terminated
  const std::uint64_t tree = open.append(H5::tree(0, {open.append(H5::node({{"", object}}, {1}))}));
  CHECK(hdf5_code(open.file(open.object({H5::table(tree, heap)}))) == "RANGE");
  CHECK(with_names("12345678", UINT64_MAX) == "RANGE");
  CHECK(with_names(std::string(8, '\0'), 0) == "HEADER");
  CHECK(with_names(std::string(".\0", 2), 0) == "HEADER");
  CHECK(with_names(std::string("..\0", 3), 0) == "HEADER");
  CHECK(with_names(std::string("a/b\0", 4), 0) == "HEADER");
  CHECK(with_names(std::string("\xFF\0", 2), 0) == "UTF8");
  CHECK(with_names(std::string(1024, 'n') + '\0', 0).empty());
  CHECK(with_names(std::string(1025, 'n') + '\0', 0) == "LIMIT");
  CHECK(with_names(std::string(2000, 'n'), 0) == "LIMIT");
  H5 twice;
  const std::uint64_t dataset = twice.dataset();
  CHECK(hdf5_code(twice.file(twice.group({{"d", dataset}, {"d", dataset}}))) == "DUP");
}

TEST_CASE("hdf5: B-trees in which a library would find other names", "[io][error]") {
  const auto with_tree = [](const std::vector<std::uint64_t>& offsets, std::uint64_t low,
                            std::uint64_t high) {
    H5 h5;
    const std::uint64_t dataset = h5.dataset();
    const std::uint64_t heap = h5.heap(std::string("\0a\0b\0c\0", 7));
    const H5::Links links(offsets.size(), {"", dataset});
    std::string tree = H5::tree(0, {h5.append(H5::node(links, offsets))}, kHdf5Undefined, {high});
    tree.replace(24, 8, H5::number(low, 8));
    return hdf5_code(h5.file(h5.object({H5::table(h5.append(tree), heap)})));
  };
  CHECK(with_tree({1, 3}, 0, 3).empty());
  CHECK(with_tree({1, 3}, 0, 5).empty());
  CHECK(with_tree({3, 1}, 0, 3) == "CORRUPT");
  CHECK(with_tree({1, 3}, 0, 1) == "CORRUPT");
  CHECK(with_tree({1, 3}, 1, 3) == "CORRUPT");
  CHECK(with_tree({1, 3}, 0, 7) == "RANGE");
  CHECK(with_tree({1, 1}, 0, 1) == "DUP");
  CHECK(with_tree({}, 5, 1).empty());
}

TEST_CASE("hdf5: H12 elements that are not little-endian numbers", "[io][error]") {
  CHECK(hdf5_code(with_type(H5::float32(0x11, 0x21), 4)) == "TYPE");  // big-endian
  CHECK(hdf5_code(with_type(H5::float32(0x11, 0x60), 4)) == "TYPE");  // VAX
  CHECK(hdf5_code(with_type(H5::float32(0x11, 0x00), 4)) == "TYPE");  // no implied bit
  CHECK(hdf5_code(with_type(H5::type(0, 4, 1), 4)) == "TYPE");        // big-endian integer
  CHECK(hdf5_code(with_type(H5::type(1, 16, 0x20), 16)) == "TYPE");   // float128
  CHECK(hdf5_code(with_type(H5::type(0, 3, 8), 3)) == "TYPE");        // 24 bits
  const std::uint64_t kind = GENERATE(2U, 3U, 4U, 6U, 7U, 8U, 9U, 10U, 11U);
  const Failure failure = hdf5_refusal(with_type(H5::type(kind, 4), 4));
  CHECK(failure.code == "TYPE");
  CHECK_THAT(failure.message, Contains("f: d: contains elements of the class "));
  CHECK(hdf5_code(with_type(H5::type(12, 4), 4)) == "HEADER");
  CHECK(hdf5_code(with_type(H5::type(5, 0), 0)) == "HEADER");
  CHECK(hdf5_code(with_dataset(std::string("\x02\x00\x00\x02", 4), H5::float32(), H5::compact(""))) ==
        "TYPE");
}

TEST_CASE("hdf5: H13 filters", "[io][error]") {
  const std::string filters =
      std::string("\x01\x01\0\0\0\0\0\0", 8) + H5::number(GENERATE(1U, 32000U, 32001U), 2);
  const Failure failure = hdf5_refusal(with_object({H5::message(0x0B, filters)}));
  CHECK(failure == Failure{"UNSUP", "f: d: is compressed or filtered, expected plain numbers"});
}

TEST_CASE("hdf5: H14 endless header continuations", "[io][error]") {
  H5 h5;
  const std::uint64_t block = h5.next();
  h5.append(H5::message(0x10, H5::number(block, 8) + H5::number(24, 8)));
  CHECK(hdf5_code(h5.file(h5.object({H5::message(0x10, H5::number(block, 8) + H5::number(24, 8))}, 65535))) ==
        "LIMIT");
}

TEST_CASE("hdf5: H15 messages of impossible size", "[io][error]") {
  const std::string space = H5::message(1, H5::space({1})), type = H5::message(3, H5::float32()),
                    layout = H5::message(8, H5::compact("four"));
  CHECK(hdf5_code(with_object({space, type, layout})).empty());
  CHECK(hdf5_code(with_object({space, H5::message(3, ""), layout})) == "HEADER");
  CHECK(hdf5_code(with_object({H5::message(1, ""), type, layout})) == "HEADER");
  CHECK(hdf5_code(with_object({space, type, H5::message(8, "")})) == "HEADER");
  CHECK(hdf5_code(with_object({space, type, H5::message(8, H5::compact("four"), 0, 0xFFFF)})) == "HEADER");
  CHECK(hdf5_code(with_object({space, type, layout, std::string(3, '\0')})) == "HEADER");
  CHECK(hdf5_code(with_object({space, type})) == "HEADER");
  CHECK(hdf5_code(with_object({type, layout})) == "HEADER");
  CHECK(hdf5_code(with_object({space, layout})) == "HEADER");
  CHECK(hdf5_code(with_object({space, space, type, layout})) == "DUP");
  CHECK(hdf5_code(with_object({space, H5::message(3, H5::float32(), 2), layout})) == "UNSUP");  // committed
  CHECK(hdf5_code(with_object({space, type, layout, H5::message(0x7F, "")})) == "UNSUP");
  H5 counted;
  const std::uint64_t object = counted.object({space, type, layout}, 4);
  CHECK(hdf5_code(counted.file(counted.group({{"d", object}}))) == "HEADER");
  H5 rootless;
  CHECK(hdf5_code(rootless.file(rootless.dataset())) == "HEADER");
  CHECK(hdf5_code(rootless.file(1 << 20)) == "RANGE");
  CHECK(hdf5_code(rootless.file(90)) == "HEADER");  // no header there
}

TEST_CASE("hdf5: H16 files that crashed the reference library are rejected", "[io][error]") {
  // CVE-2025-6516: a superblock with a wrong address size.
  std::string width = golden_file();
  width[13] = GENERATE('\x00', '\x04', '\x10', '\xFF');
  CHECK(hdf5_code(width) == "UNSUP");
  // CVE-2025-6816 and 7069: file space information, and free space sections, in a superblock extension.
  H5 extended;
  const std::uint64_t extension = extended.object_2({H5::message_2(0x17, std::string(40, '\xFF'))});
  const std::uint64_t root = extended.group({});
  CHECK(hdf5_code(extended.file_2(root, 3, 0, extension)) == "UNSUP");
  CHECK(hdf5_code(with_object({H5::message(0x17, std::string(40, '\xFF'))})) == "UNSUP");
  // CVE-2025-6818: a continuation that ends before its checksum, or is missing.
  const auto continued = [](std::uint64_t size, std::uint64_t beyond) {
    H5 h5;
    const std::uint64_t block = h5.append("OCHK") + beyond;
    const std::string message = H5::message_2(0x10, H5::number(block, 8) + H5::number(size, 8));
    return hdf5_code(h5.file_2(h5.object_2({message})));
  };
  CHECK(continued(4, 0) == "HEADER");
  CHECK(continued(0, 0) == "CORRUPT");
  CHECK(continued(UINT64_MAX, 0) == "RANGE");
  CHECK(continued(8, 1 << 20) == "RANGE");
  // CVE-2025-2310: an attribute's name that is not terminated, or has a negative length.
  const std::string type = H5::fixed_string(4), space = H5::space({});
  CHECK(hdf5_code(with_attribute(H5::attribute("name", type, space, "four"))).empty());
  CHECK(hdf5_code(with_attribute(H5::attribute("", type, space, "four"))) == "HEADER");
  CHECK(hdf5_code(with_attribute(
            H5::attribute("name", type, space, "four").replace(2, 2, H5::number(0, 2)))) == "HEADER");
  CHECK(hdf5_code(with_attribute(
            H5::attribute("name", type, space, "four").replace(2, 2, H5::number(4, 2)))) == "HEADER");
  CHECK(hdf5_code(with_attribute(H5::attribute("name", type, space, "four").replace(2, 2, "\xFF\xFF"))) ==
        "HEADER");
}

TEST_CASE("hdf5: attributes that are not strings, or whose string is missing", "[io][error]") {
  const std::string text = H5::fixed_string(4), scalar = H5::space({});
  const Failure number = hdf5_refusal(with_attribute(H5::attribute("a", H5::float32(), scalar, "four")));
  CHECK(number == Failure{"UNSUP", "f: d: attribute 'a': is not a single string"});
  CHECK(hdf5_code(with_attribute(H5::attribute("a", text, H5::space({2}), "fourfour"))) == "UNSUP");
  CHECK(hdf5_code(with_attribute(H5::attribute("a", text, scalar, ""))) == "HEADER");
  CHECK(hdf5_code(with_attribute(H5::attribute("a", text, scalar, "\xFF\xFF\xFF\xFF"))) == "UTF8");
  CHECK(hdf5_code(with_attribute(H5::attribute("a", text, scalar, "four").replace(0, 1, "\x04"))) == "UNSUP");
  CHECK(hdf5_code(with_attribute(H5::attribute("a", text, scalar, "four").replace(0, 2, "\x03\x01"))) ==
        "UNSUP");

  const auto in_heap = [](std::uint64_t size, std::uint64_t length, std::uint64_t index,
                          std::uint64_t beyond = 0) {
    H5 h5;
    const std::uint64_t heap = h5.append("GCOL" + H5::number(1, 4) + H5::number(size, 8) + H5::number(1, 8) +
                                         H5::number(4, 8) + std::string("four\0\0\0\0", 8) +
                                         H5::number(0, 8) + H5::number(24, 8) + std::string(8, '\0'));
    const std::string value = H5::number(length, 4) + H5::number(heap + beyond, 8) + H5::number(index, 4);
    const std::string body = H5::attribute("a", H5::any_string(), H5::space({}), value);
    return hdf5_code(h5.file(h5.group({}, {H5::message(0x0C, body)})));
  };
  CHECK(in_heap(64, 4, 1).empty());
  CHECK(in_heap(64, 5, 1) == "RANGE");
  CHECK(in_heap(64, 4, 2) == "RANGE");
  CHECK(in_heap(64, 4, 0) == "RANGE");
  CHECK(in_heap(15, 4, 1) == "HEADER");
  CHECK(in_heap(16, 4, 1) == "RANGE");
  CHECK(in_heap(34, 4, 1) == "HEADER");
  CHECK(in_heap(1 << 20, 4, 1) == "RANGE");
  CHECK(in_heap(64, 65'537, 1) == "LIMIT");
  CHECK(in_heap(64, 65'536, 1) == "RANGE");
  CHECK(in_heap(64, 4, 1, 8) == "CORRUPT");
  CHECK(in_heap(64, 4, 1, 1 << 20) == "RANGE");
  const std::string body = H5::attribute("a", text, scalar, "four");
  H5 twice;
  CHECK(hdf5_code(twice.file(twice.group({}, {H5::message(0x0C, body), H5::message(0x0C, body)}))) == "DUP");
}

TEST_CASE("hdf5: fractal heaps and shared tables are reported as unsupported", "[io][error]") {
  const auto with_root = [](int kind, const std::string& body) {
    H5 h5;
    return hdf5_refusal(
        h5.file_2(h5.object_2({H5::message_2(0x0A, std::string(2, '\0')), H5::message_2(kind, body)})));
  };
  const std::string none = H5::number(kHdf5Undefined, 8), some = H5::number(48, 8);
  CHECK(with_root(2, std::string(2, '\0') + none + none).code.empty());
  CHECK_THAT(with_root(2, std::string(2, '\0') + some + some).message, Contains("in a fractal heap"));
  CHECK(with_root(2, "\x01").code == "UNSUP");
  CHECK(with_root(0x15, std::string(2, '\0') + none + none).code.empty());
  CHECK(with_root(0x15, std::string(2, '\0') + some + some).code == "UNSUP");
  CHECK(with_root(0x0F, std::string(16, '\0')).code == "UNSUP");
  CHECK(with_root(6, "\x02").code == "UNSUP");
  CHECK(with_root(6, "\x01\x80").code == "HEADER");
}

TEST_CASE("hdf5: datasets must not share bytes", "[io][error]") {
  const auto overlap = [](std::uint64_t distance) {
    H5 h5;
    const std::uint64_t data = h5.append(std::string(32, '\0'));
    const auto at = [&](std::uint64_t address) {
      return h5.object({H5::message(1, H5::space({2})), H5::message(3, H5::float32()),
                        H5::message(8, H5::contiguous(address, 8))});
    };
    const std::uint64_t first = at(data), second = at(data + distance);
    return hdf5_code(h5.file(h5.group({{"a", first}, {"b", second}, {"c", first}})));
  };
  CHECK(overlap(8).empty());
  CHECK(overlap(7) == "RANGE");
  CHECK(overlap(0) == "RANGE");
}

TEST_CASE("hdf5: the work spent on headers is bounded by the size of the file", "[io][error]") {
  // One attribute in a heap of 1 MiB, reached under hundreds of names.
  H5 h5;
  const std::uint64_t size = 1 << 20;
  const std::uint64_t heap = h5.append("GCOL" + H5::number(1, 4) + H5::number(size, 8) + H5::number(1, 8) +
                                       H5::number(4, 8) + "four");
  h5.append(std::string(size, '\0'));
  const std::string value = H5::number(4, 4) + H5::number(heap, 8) + H5::number(1, 4);
  const std::uint64_t group =
      h5.group({}, {H5::message(0x0C, H5::attribute("a", H5::any_string(), H5::space({}), value))});
  H5::Links links;
  for (int i = 0; i < 80; ++i) links.emplace_back("g" + std::to_string(100 + i), group);
  CHECK(hdf5_code(h5.file(h5.group(links))) == "LIMIT");
  links.resize(40);
  CHECK(hdf5_code(h5.file(h5.group(links))).empty());
}

TEST_CASE("hdf5: paths and headers longer than a model needs", "[io][error]") {
  const auto nested = [](std::size_t length) {
    H5 h5;
    const std::uint64_t dataset = h5.dataset();
    return hdf5_code(
        h5.file(h5.group({{std::string(500, 'a'), h5.group({{std::string(length, 'b'), dataset}})}})));
  };
  CHECK(nested(523).empty());
  CHECK(nested(524) == "LIMIT");
  const auto with_comments = [](std::size_t count) {
    H5 h5;
    return hdf5_code(h5.file(h5.object_2(std::vector<std::string>(count, H5::message_2(0x0D, "")), 2)));
  };
  CHECK(with_comments(65'535) == "HEADER");  // a root that is not a group
  CHECK(with_comments(65'536) == "LIMIT");
}
