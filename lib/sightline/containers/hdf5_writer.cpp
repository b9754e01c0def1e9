// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5_writer.h"

#include <algorithm>
#include <cassert>
#include <memory>

#include "sightline/base/error.h"
#include "sightline/containers/hdf5_bytes.h"
#include "sightline/containers/hdf5_messages.h"

namespace sightline {
namespace {

constexpr std::size_t kSuperblock = 96;
constexpr std::size_t kLinksPerNode = 8;      // twice the K of leaf nodes, HDF5's default
constexpr std::size_t kNodesPerTree = 32;     // minimum; twice the K of inner nodes
constexpr std::size_t kCollection = 4096;     // of the global heap; HDF5's default
constexpr std::size_t kMaxMessages = 65'535;  // of an object header

constexpr std::uint64_t padded(std::uint64_t size) { return (size + 7) / 8 * 8; }

struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  const Hdf5NewDataset* dataset = nullptr;
  Hdf5Attributes attributes;
};

Node& make_node(Node& root, std::string_view path) {
  Node* node = &root;
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view name = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos)
      fail(ErrorCode::header, path, "is not a path of names separated by slashes");
    std::unique_ptr<Node>& child = node->children[std::string(name)];
    if (child == nullptr) child = std::make_unique<Node>();
    node = child.get();
    if (node->dataset != nullptr && !rest.empty())
      fail(ErrorCode::duplicate, path, "passes through a dataset, expected groups");
  }
  return *node;
}

// Lays out everything but the elements in memory; a structure is placed before those that refer to it.
class Layout {
 public:
  Layout(const std::vector<Hdf5NewDataset>& datasets, const std::vector<Hdf5Group>& groups) {
    for (const Hdf5NewDataset& dataset : datasets) {
      Node& node = make_node(root_, dataset.path);
      if (dataset.path.empty() || node.dataset != nullptr || !node.children.empty())
        fail(ErrorCode::duplicate, dataset.path, "would be written twice");
      node.dataset = &dataset;
      node.attributes = dataset.attributes;
    }
    for (const Hdf5Group& group : groups) {
      Node& node = make_node(root_, group.path);
      if (node.dataset != nullptr) fail(ErrorCode::duplicate, group.path, "is both a dataset and a group");
      node.attributes = group.attributes;
    }
    count_nodes(root_);
    bytes_.resize(kSuperblock);
    const Place place = place_group(root_);
    place_strings();
    place_data();
    place_superblock(place);
  }

  const std::string& bytes() const { return bytes_; }

  /// A dataset and the offset of its elements, in file order.
  struct Data {
    const Hdf5NewDataset* dataset;
    std::uint64_t begin, size;
    std::size_t reference;  // offset of its address in `bytes_`
  };
  const std::vector<Data>& data() const { return data_; }

 private:
  struct Place {
    std::uint64_t header = 0, tree = 0, heap = 0;
  };
  struct String {
    std::string text;
    std::size_t reference;
  };

  void count_nodes(const Node& node) {
    const std::size_t nodes = (node.children.size() + kLinksPerNode - 1) / kLinksPerNode;
    nodes_per_tree_ = std::max(nodes_per_tree_, (nodes + 1) / 2 * 2);
    if (nodes_per_tree_ > 2 * std::size_t{UINT16_MAX / 2})
      fail(ErrorCode::limit, "hdf5", "would contain a group of more than 262,136 links");
    for (const auto& [name, child] : node.children) count_nodes(*child);
  }

  std::uint64_t append(std::string_view block) {
    const std::size_t at = bytes_.size();
    bytes_ += block;
    bytes_.resize(padded(bytes_.size()));
    return at;
  }

  void patch(std::size_t at, std::uint64_t value) {
    const std::string number = hdf5_number(value, 8);
    bytes_.replace(at, number.size(), number);
  }

  Place place_group(const Node& node) {
    std::vector<std::uint64_t> headers;
    for (const auto& [name, child] : node.children) {
      headers.push_back(child->dataset != nullptr ? place_dataset(*child) : place_group(*child).header);
    }
    Place place;
    std::string names(8, '\0');  // the empty name, which sorts before all others
    std::vector<std::uint64_t> offsets;
    for (const auto& [name, child] : node.children) {
      offsets.push_back(names.size());
      names += name;
      names.resize(padded(names.size() + 1));
    }
    place.heap = append(hdf5_heap(names, bytes_.size()));
    place.tree = place_tree(headers, offsets);
    place.header = place_header({hdf5_message(Hdf5MessageKind::symbol_table,
                                              hdf5_number(place.tree, 8) + hdf5_number(place.heap, 8))},
                                node.attributes);
    return place;
  }

  std::uint64_t place_tree(const std::vector<std::uint64_t>& headers,
                           const std::vector<std::uint64_t>& offsets) {
    std::string pairs = hdf5_number(0, 8);
    std::uint64_t nodes = 0;
    for (std::size_t begin = 0; begin < headers.size(); begin += kLinksPerNode, ++nodes) {
      const std::size_t end = std::min(begin + kLinksPerNode, headers.size());
      std::string node = "SNOD" + hdf5_number(1, 2) + hdf5_number(end - begin, 2);
      for (std::size_t i = begin; i < end; ++i) {
        node += hdf5_number(offsets[i], 8) + hdf5_number(headers[i], 8) + std::string(24, '\0');
      }
      node.resize(8 + kLinksPerNode * 40);
      pairs += hdf5_number(append(node), 8) + hdf5_number(offsets[end - 1], 8);
    }
    pairs.resize(8 + nodes_per_tree_ * 16);
    return append("TREE" + hdf5_number(0, 2) + hdf5_number(nodes, 2) + hdf5_number(kHdf5Undefined, 8) +
                  hdf5_number(kHdf5Undefined, 8) + pairs);
  }

  // Appends an object header; its attributes refer to strings that are placed later.
  std::uint64_t place_header(const std::vector<std::string>& messages, const Hdf5Attributes& attributes) {
    constexpr std::size_t kPrefix = 16;
    const std::size_t count = messages.size() + attributes.size();
    if (count > kMaxMessages)
      fail(ErrorCode::limit, "hdf5", "would contain an object with too many attributes");
    std::string body;
    for (const std::string& message : messages) body += message;
    for (const auto& [name, value] : attributes) {
      body += hdf5_string_attribute(name, value.size());
      if (value.empty()) continue;  // a zero reference
      strings_.push_back({value, bytes_.size() + kPrefix + body.size() - kHdf5StringReference});
    }
    return append(hdf5_number(1, 2) + hdf5_number(count, 2) + hdf5_number(1, 4) +
                  hdf5_number(body.size(), 4) + hdf5_number(0, 4) + body);
  }

  std::uint64_t place_dataset(const Node& node) {
    const Hdf5NewDataset& dataset = *node.dataset;
    std::int64_t size = dataset.element_bytes;
    for (const std::int64_t axis : dataset.shape) size = checked_mul(size, axis, dataset.path);
    const std::vector<std::string> messages = {
        hdf5_message(Hdf5MessageKind::dataspace, hdf5_dataspace(dataset.shape)),
        hdf5_message(Hdf5MessageKind::datatype, hdf5_datatype(dataset.type, dataset.element_bytes)),
        hdf5_message(Hdf5MessageKind::fill_value, std::string("\x02\x02\x02\x01\0\0\0\0", 8)),
        hdf5_message(Hdf5MessageKind::layout, "\x03\x01" + hdf5_number(kHdf5Undefined, 8) +
                                                  hdf5_number(static_cast<std::uint64_t>(size), 8))};
    std::size_t reference = 16 + 8 + 2;  // the address field of the layout, after the headers of the object
                                         // and the message
    for (std::size_t i = 0; i + 1 < messages.size(); ++i) reference += messages[i].size();
    const std::uint64_t header = place_header(messages, node.attributes);
    if (size > 0) data_.push_back({&dataset, 0, static_cast<std::uint64_t>(size), header + reference});
    return header;
  }

  // Appends the global heap: collections filled in order, with the remaining space of each as its free object
  // 0.
  void place_strings() {
    constexpr std::size_t kHead = 16;
    for (std::size_t begin = 0; begin < strings_.size();) {
      std::string objects;
      std::size_t end = begin;
      for (; end < strings_.size(); ++end) {
        const String& string = strings_[end];
        const std::size_t size = kHead + padded(string.text.size());
        if (end > begin && kHead + objects.size() + size > kCollection) break;
        const std::size_t index = end - begin + 1;
        objects += hdf5_number(index, 2) + hdf5_number(1, 2) + hdf5_number(0, 4) +
                   hdf5_number(string.text.size(), 8) + string.text;
        objects.resize(padded(objects.size()));
        patch(string.reference, bytes_.size());
        bytes_.replace(string.reference + 8, 4, hdf5_number(index, 4));
      }
      const std::size_t size = std::max(kCollection, kHead + objects.size());
      const std::size_t left = size - kHead - objects.size();
      if (left >= kHead) objects += hdf5_number(0, 8) + hdf5_number(left, 8);
      objects.resize(size - kHead);
      append("GCOL" + hdf5_number(1, 4) + hdf5_number(size, 8) + objects);
      begin = end;
    }
  }

  void place_data() {
    std::uint64_t at = bytes_.size();
    for (Data& data : data_) {
      data.begin = at;
      patch(data.reference, at);
      const std::int64_t end = checked_add(static_cast<std::int64_t>(at),
                                           static_cast<std::int64_t>(data.size), data.dataset->path);
      at = padded(static_cast<std::uint64_t>(checked_add(end, 8, data.dataset->path) - 8));
    }
    end_ = data_.empty() ? bytes_.size() : data_.back().begin + data_.back().size;
  }

  void place_superblock(const Place& root) {
    constexpr std::string_view kHead("\x89HDF\r\n\x1A\n\0\0\0\0\0\x08\x08\0", 16);
    const std::string block =
        std::string(kHead) + hdf5_number(kLinksPerNode / 2, 2) + hdf5_number(nodes_per_tree_ / 2, 2) +
        hdf5_number(0, 4) + hdf5_number(0, 8) + hdf5_number(kHdf5Undefined, 8) + hdf5_number(end_, 8) +
        hdf5_number(kHdf5Undefined, 8) + hdf5_number(0, 8) + hdf5_number(root.header, 8) + hdf5_number(1, 8) +
        hdf5_number(root.tree, 8) + hdf5_number(root.heap, 8);
    assert(block.size() == kSuperblock);
    bytes_.replace(0, block.size(), block);
  }

  Node root_;
  std::string bytes_;
  std::vector<String> strings_;
  std::vector<Data> data_;
  std::size_t nodes_per_tree_ = kNodesPerTree;
  std::uint64_t end_ = 0;
};

}  // namespace

void write_hdf5(OutputFile& out, const std::vector<Hdf5NewDataset>& datasets,
                const std::vector<Hdf5Group>& groups) {
  assert(out.size() == 0);
  const Layout layout(datasets, groups);
  out.write(layout.bytes());
  for (const auto& data : layout.data()) {
    const std::string gap(data.begin - static_cast<std::uint64_t>(out.size()), '\0');
    out.write(gap);
    data.dataset->write(out);
    const std::uint64_t written = static_cast<std::uint64_t>(out.size()) - data.begin;
    if (written != data.size) {
      fail(ErrorCode::mismatch, data.dataset->path,
           "wrote " + std::to_string(written) + " bytes, expected " + std::to_string(data.size));
    }
  }
}

}  // namespace sightline
