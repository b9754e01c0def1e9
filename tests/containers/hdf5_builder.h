// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sightline/containers/hdf5.h"
#include "sightline/containers/hdf5_bytes.h"
#include "support/error_of.h"

namespace sightline::testing {

/// Builds HDF5 files block by block, including files that no library writes. It is independent of the
/// library's writer, so that the two do not share mistakes.
class Hdf5Builder {
 public:
  using Links = std::vector<std::pair<std::string, std::uint64_t>>;

  Hdf5Builder() : bytes_(96, '\0') {}

  /// A little-endian number.
  static std::string number(std::uint64_t value, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i, value >>= 8) text += static_cast<char>(value & 0xFF);
    return text;
  }
  static std::string padded(std::string text) {
    while (text.size() % 8 != 0) text += '\0';
    return text;
  }

  /// A message of a version 1 header; its size can be set to a wrong value.
  static std::string message(int kind, const std::string& data, int flags = 0, int size = -1) {
    const std::string body = padded(data);
    return number(static_cast<std::uint64_t>(kind), 2) +
           number(size < 0 ? body.size() : static_cast<std::uint64_t>(size), 2) +
           number(static_cast<std::uint64_t>(flags), 1) + std::string(3, '\0') + body;
  }
  /// The same of version 2.
  static std::string message_2(int kind, const std::string& data) {
    return number(static_cast<std::uint64_t>(kind), 1) + number(data.size(), 2) + '\0' + data;
  }

  static std::string space(const std::vector<std::uint64_t>& shape) {
    std::string text = number(1, 1) + number(shape.size(), 1) + std::string(6, '\0');
    for (const std::uint64_t size : shape) text += number(size, 8);
    return text;
  }
  /// Little-endian IEEE float32; `first` and `flags` are the datatype's first bytes.
  static std::string float32(std::uint64_t first = 0x11, std::uint64_t flags = 0x20) {
    return number(first | flags << 8 | 31 << 16, 4) + number(4, 4) + number(0, 2) + number(32, 2) +
           std::string("\x17\x08\x00\x17", 4) + number(127, 4);
  }
  /// An integer type, or any other class with a size.
  static std::string type(std::uint64_t kind, std::uint64_t size, std::uint64_t flags = 0) {
    return number(0x10 | kind | flags << 8, 4) + number(size, 4) + number(0, 2) + number(size * 8, 2) +
           std::string(12, '\0');
  }
  static std::string contiguous(std::uint64_t address, std::uint64_t size) {
    return "\x03\x01" + number(address, 8) + number(size, 8);
  }
  static std::string compact(const std::string& data) {
    return std::string("\x03\x00", 2) + number(data.size(), 2) + data;
  }
  /// The body of a version 1 attribute.
  static std::string attribute(const std::string& name, const std::string& type, const std::string& space,
                               const std::string& value) {
    return number(1, 2) + number(name.size() + 1, 2) + number(type.size(), 2) + number(space.size(), 2) +
           padded(name + '\0') + padded(type) + padded(space) + value;
  }
  static std::string fixed_string(std::uint64_t size) { return number(0x13, 4) + number(size, 4); }
  static std::string any_string() {
    return number(0x010119, 4) + number(16, 4) + number(0x10, 4) + number(1, 4) + number(0x080000, 4);
  }

  std::uint64_t append(const std::string& block) {
    const std::uint64_t at = bytes_.size();
    bytes_ = padded(bytes_ + block);
    return at;
  }
  /// Address of the next appended block.
  std::uint64_t next() const { return bytes_.size(); }

  /// A version 1 object header.
  std::uint64_t object(const std::vector<std::string>& messages, int count = -1) {
    std::string body;
    for (const std::string& part : messages) body += part;
    return append(number(1, 2) + number(count < 0 ? messages.size() : static_cast<std::uint64_t>(count), 2) +
                  number(1, 4) + number(body.size(), 4) + number(0, 4) + body);
  }
  /// A version 2 object header with its checksum; `flags` 0 to 3 select the width of its size field.
  std::uint64_t object_2(const std::vector<std::string>& messages, std::uint64_t flags = 1) {
    std::string body;
    for (const std::string& part : messages) body += part;
    return append(
        checked("OHDR" + number(2, 1) + number(flags, 1) +
                std::string(((flags & 0x20) != 0 ? 16U : 0U) + ((flags & 0x10) != 0 ? 4U : 0U), '\0') +
                number(body.size(), std::size_t{1} << (flags & 3)) + body));
  }
  static std::string checked(const std::string& block) {
    return block + number(hdf5_checksum(as_bytes(block)), 4);
  }
  /// A dataset of floats stored in its header.
  std::uint64_t dataset(const std::string& data = std::string(8, '\0')) {
    return object({message(1, space({data.size() / 4})), message(3, float32()), message(8, compact(data))});
  }

  static std::string node(const Links& links, std::vector<std::uint64_t> offsets, std::uint64_t cached = 0) {
    std::string text = "SNOD" + number(1, 2) + number(links.size(), 2);
    for (std::size_t i = 0; i < links.size(); ++i) {
      text += number(offsets[i], 8) + number(links[i].second, 8) + number(cached, 8) + std::string(16, '\0');
    }
    return text;
  }
  /// `keys` are name offsets: the last name below each child.
  static std::string tree(int level, const std::vector<std::uint64_t>& children,
                          std::uint64_t right = kHdf5Undefined, const std::vector<std::uint64_t>& keys = {}) {
    std::string text = "TREE" + number(0, 1) + number(static_cast<std::uint64_t>(level), 1) +
                       number(children.size(), 2) + number(kHdf5Undefined, 8) + number(right, 8) +
                       number(0, 8);
    for (std::size_t i = 0; i < children.size(); ++i) {
      text += number(children[i], 8) + number(i < keys.size() ? keys[i] : 0, 8);
    }
    return text;
  }
  std::uint64_t heap(const std::string& names) {
    return append("HEAP" + number(0, 4) + number(names.size(), 8) + number(1, 8) + number(next() + 32, 8) +
                  names);
  }
  static std::string table(std::uint64_t tree, std::uint64_t heap) {
    return message(0x11, number(tree, 8) + number(heap, 8));
  }
  /// A group with a B-tree of one node. `more` are additional header messages.
  std::uint64_t group(const Links& links, const std::vector<std::string>& more = {},
                      std::uint64_t cached = 0) {
    std::string names(8, '\0');
    std::vector<std::uint64_t> offsets;
    for (const auto& [name, address] : links) {
      offsets.push_back(names.size());
      names += name + '\0';
    }
    const std::uint64_t heap_address = heap(names);
    const std::uint64_t tree_address = append(tree(0, {append(node(links, offsets, cached))}, kHdf5Undefined,
                                                   {offsets.empty() ? 0 : offsets.back()}));
    std::vector<std::string> messages = {table(tree_address, heap_address)};
    messages.insert(messages.end(), more.begin(), more.end());
    return object(messages);
  }
  /// The body of a link message.
  static std::string link(const std::string& name, std::uint64_t address) {
    return number(1, 1) + number(0, 1) + number(name.size(), 1) + name + number(address, 8);
  }

  /// The file with a version 0 superblock.
  std::string file(std::uint64_t root) const {
    const std::string head = std::string("\x89HDF\r\n\x1A\n", 8) + std::string(5, '\0') +
                             std::string("\x08\x08\x00", 3) + number(4, 2) + number(16, 2) + number(0, 4) +
                             number(0, 8) + number(kHdf5Undefined, 8) + number(bytes_.size(), 8) +
                             number(kHdf5Undefined, 8) + number(0, 8) + number(root, 8);
    return head + std::string(96 - head.size(), '\0') + bytes_.substr(96);
  }
  /// The file with a version 2 or 3 superblock.
  std::string file_2(std::uint64_t root, std::uint64_t version = 3, std::uint64_t flags = 0,
                     std::uint64_t extension = kHdf5Undefined) const {
    const std::string head = checked(std::string("\x89HDF\r\n\x1A\n", 8) + number(version, 1) + number(8, 1) +
                                     number(8, 1) + number(flags, 1) + number(0, 8) + number(extension, 8) +
                                     number(bytes_.size(), 8) + number(root, 8));
    return head + std::string(96 - head.size(), '\0') + bytes_.substr(96);
  }

 private:
  std::string bytes_;
};

/// Parses the file and returns the failure, or nothing.
inline Failure hdf5_refusal(const std::string& file) {
  return error_of([&] { (void)parse_hdf5(as_bytes(file), "f"); });
}
inline std::string hdf5_code(const std::string& file) { return hdf5_refusal(file).code; }

/// A file whose root contains one object with these messages, named "d".
inline std::string with_object(const std::vector<std::string>& messages) {
  Hdf5Builder h5;
  const std::uint64_t object = h5.object(messages);
  return h5.file(h5.group({{"d", object}}));
}
inline std::string with_dataset(const std::string& space, const std::string& type,
                                const std::string& layout) {
  return with_object(
      {Hdf5Builder::message(1, space), Hdf5Builder::message(3, type), Hdf5Builder::message(8, layout)});
}
/// A dataset of one element.
inline std::string with_type(const std::string& type, std::size_t bytes) {
  return with_dataset(Hdf5Builder::space({1}), type, Hdf5Builder::compact(std::string(bytes, '\0')));
}
/// An empty dataset with an attribute.
inline std::string with_attribute(const std::string& body) {
  return with_object({Hdf5Builder::message(1, Hdf5Builder::space({0})),
                      Hdf5Builder::message(3, Hdf5Builder::float32()),
                      Hdf5Builder::message(8, Hdf5Builder::compact("")), Hdf5Builder::message(0x0C, body)});
}

}  // namespace sightline::testing
