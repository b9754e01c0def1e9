// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5_groups.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

constexpr std::string_view kTree = "TREE", kNode = "SNOD", kHeap = "HEAP";
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::size_t kMaxLinks = 100'000;
constexpr int kMaxLevels = 32;

[[noreturn]] void fail_link(std::string_view kind, std::string_view name, std::string_view subject) {
  fail(ErrorCode::unsafe, subject,
       "has a link '" + std::string(name) + "' that is " + std::string(kind) + ", expected hard links only");
}

void check_name(std::string_view name, std::string_view subject) {
  if (name.empty() || name == "." || name == "..")
    fail(ErrorCode::header, subject, "has a link named '" + std::string(name) + "'");
  if (name.size() > kMaxNameBytes) {
    fail(ErrorCode::limit, subject,
         "has a link whose name is longer than " + std::to_string(kMaxNameBytes) + " bytes");
  }
  if (name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos)
    fail(ErrorCode::header, subject, "has a link whose name contains a slash or a NUL");
  if (!is_utf8(name)) fail(ErrorCode::utf8, subject, "has a link whose name is not UTF-8");
}

// A group in the HDF5 1.0 layout: a B-tree of nodes that list names, which are stored in a heap.
class TreeReader {
 public:
  TreeReader(Hdf5Bytes& file, std::string_view subject) : file_(file), subject_(subject) {}

  std::vector<Hdf5Link> read(std::uint64_t tree, std::uint64_t heap) {
    open_heap(heap);
    file_.leave_nodes();
    read_tree(tree, 0);
    return std::move(links_);
  }

 private:
  void open_heap(std::uint64_t address) {
    Hdf5Cursor cursor(file_.block(address, 32, kHeap, subject_), subject_);
    cursor.skip(kHeap.size());
    if (cursor.take_u8() != 0) fail(ErrorCode::unsupported, subject_, "has a heap of a version other than 0");
    cursor.skip(3);
    const std::uint64_t size = cursor.take_u64();
    cursor.skip(8);  // free space
    names_ = as_text(file_.data_at(cursor.take_u64(), size, subject_));
  }

  void read_tree(std::uint64_t address, int depth) {
    if (depth == kMaxLevels) fail(ErrorCode::limit, subject_, "has a B-tree of more than 32 levels");
    file_.visit_node(address, subject_);
    constexpr std::uint64_t kFixed = 24;
    Hdf5Cursor cursor(file_.block(address, kFixed, kTree, subject_), subject_);
    cursor.skip(kTree.size());
    if (cursor.take_u8() != 0)
      fail(ErrorCode::corrupt, subject_, "has a B-tree that does not belong to a group");
    const std::uint8_t level = cursor.take_u8();
    const std::uint16_t children = cursor.take_u16();
    cursor.skip(8);  // left sibling
    check_sibling(cursor.take_u64());
    constexpr std::uint64_t kKey = 8, kChild = 8;
    Hdf5Cursor pairs(file_.at(address + kFixed, children * (kKey + kChild) + kKey, subject_), subject_);
    std::string_view key = text_at(pairs.take_u64());
    for (int i = 0; i < children; ++i) {
      const std::size_t begin = links_.size();
      const std::uint64_t child = pairs.take_u64();
      if (level > 0) {
        read_tree(child, depth + 1);
      } else {
        read_node(child);
      }
      const std::string_view next = text_at(pairs.take_u64());
      check_keys(begin, key, next);
      key = next;
    }
  }

  // The HDF5 library looks names up by the keys between the children; this check ensures that it finds the
  // same ones.
  void check_keys(std::size_t begin, std::string_view low, std::string_view high) const {
    if (begin == links_.size() || (low < links_[begin].name && links_.back().name <= high)) return;
    fail(ErrorCode::corrupt, subject_, "has a B-tree whose keys are not between its names");
  }

  // Siblings are followed to the right only; those on the left have been read before.
  void check_sibling(std::uint64_t right) {
    if (right != kHdf5Undefined && file_.has_visited(right)) file_.visit_node(right, subject_);
  }

  void read_node(std::uint64_t address) {
    file_.visit_node(address, subject_);
    constexpr std::uint64_t kFixed = 8, kEntry = 40;
    Hdf5Cursor fixed(file_.block(address, kFixed, kNode, subject_), subject_);
    fixed.skip(kNode.size());
    if (fixed.take_u8() != 1)
      fail(ErrorCode::unsupported, subject_, "has a group node of a version other than 1");
    fixed.skip(1);
    const std::uint16_t count = fixed.take_u16();
    Hdf5Cursor entries(file_.at(address + kFixed, count * kEntry, subject_), subject_);
    for (int i = 0; i < count; ++i) read_entry(entries);
  }

  void read_entry(Hdf5Cursor& entries) {
    const std::string_view name = name_at(entries.take_u64());
    const std::uint64_t object = entries.take_u64();
    constexpr std::uint32_t kSoft = 2;
    const std::uint32_t cached = entries.take_u32();
    entries.skip(4 + 16);
    if (cached == kSoft) fail_link("soft", name, subject_);
    if (cached > kSoft)
      fail(ErrorCode::header, subject_,
           "has an entry of kind " + std::to_string(cached) + ", expected 0 to 2");
    if (links_.size() == kMaxLinks)
      fail(ErrorCode::limit, subject_, "has more than " + std::to_string(kMaxLinks) + " links");
    if (!links_.empty() && name < links_.back().name)
      fail(ErrorCode::corrupt, subject_, "has a B-tree whose names are not sorted");
    links_.push_back({std::string(name), object});
  }

  std::string_view name_at(std::uint64_t offset) {
    const std::string_view name = text_at(offset);
    check_name(name, subject_);
    return name;
  }

  // The NUL-terminated string at an offset of the heap: a name, or the key that precedes all names.
  std::string_view text_at(std::uint64_t offset) const {
    if (offset >= names_.size()) {
      fail(ErrorCode::range, subject_,
           "has a name at " + std::to_string(offset) + " of a heap of " + std::to_string(names_.size()) +
               " bytes");
    }
    const std::string_view rest = names_.substr(static_cast<std::size_t>(offset), kMaxNameBytes + 1);
    const std::size_t end = rest.find('\0');
    if (end != std::string_view::npos) return rest.substr(0, end);
    if (rest.size() > kMaxNameBytes) check_name(rest, subject_);  // too long
    fail(ErrorCode::range, subject_, "has a name that is not terminated inside its heap");
  }

  Hdf5Bytes& file_;
  std::string_view subject_;
  std::string_view names_;
  std::vector<Hdf5Link> links_;
};

// A newer group with few links stores them in its header; many are stored in a fractal heap.
void check_link_info(const Hdf5Message& message, std::string_view subject) {
  Hdf5Cursor cursor(message.data, subject);
  if (cursor.take_u8() != 0)
    fail(ErrorCode::unsupported, subject, "has link information of a version other than 0");
  constexpr std::uint8_t kHasOrder = 0x01;
  if ((cursor.take_u8() & kHasOrder) != 0) cursor.skip(8);
  if (cursor.take_u64() != kHdf5Undefined) {
    fail(ErrorCode::unsupported, subject,
         "stores its links in a fractal heap, expected a file in HDF5's older default format");
  }
}

Hdf5Link read_link(const Hdf5Message& message, std::string_view subject) {
  Hdf5Cursor cursor(message.data, subject);
  if (cursor.take_u8() != 1) fail(ErrorCode::unsupported, subject, "has a link of a version other than 1");
  const std::uint8_t flags = cursor.take_u8();
  constexpr std::uint8_t kHasOrder = 0x04, kHasKind = 0x08, kHasCharset = 0x10, kKnown = 0x1F;
  if ((flags & ~kKnown) != 0) fail(ErrorCode::header, subject, "has a link with unknown flags");
  const std::uint8_t kind = (flags & kHasKind) != 0 ? cursor.take_u8() : 0;
  if ((flags & kHasOrder) != 0) cursor.skip(8);
  if ((flags & kHasCharset) != 0) cursor.skip(1);
  const std::uint64_t length = cursor.take_number(std::size_t{1} << (flags & 3));
  const std::string_view name = as_text(cursor.take_bytes(length));
  check_name(name, subject);
  if (kind == 1) fail_link("soft", name, subject);
  if (kind == 64) fail_link("external", name, subject);
  if (kind != 0) fail_link("user-defined", name, subject);
  return {std::string(name), cursor.take_u64()};
}

void sort_links(std::vector<Hdf5Link>& links, std::string_view subject) {
  std::sort(links.begin(), links.end(), [](const Hdf5Link& a, const Hdf5Link& b) { return a.name < b.name; });
  const auto duplicate = std::adjacent_find(
      links.begin(), links.end(), [](const Hdf5Link& a, const Hdf5Link& b) { return a.name == b.name; });
  if (duplicate != links.end())
    fail(ErrorCode::duplicate, subject, "has two links named '" + duplicate->name + "'");
}

}  // namespace

bool is_hdf5_group(const std::vector<Hdf5Message>& messages) {
  return std::any_of(messages.begin(), messages.end(), [](const Hdf5Message& message) {
    return message.kind == Hdf5MessageKind::symbol_table || message.kind == Hdf5MessageKind::link_info ||
           message.kind == Hdf5MessageKind::link || message.kind == Hdf5MessageKind::group_info;
  });
}

std::vector<Hdf5Link> read_hdf5_links(Hdf5Bytes& file, const std::vector<Hdf5Message>& messages,
                                      std::string_view subject) {
  std::vector<Hdf5Link> links;
  if (const auto* table = find_hdf5_message(messages, Hdf5MessageKind::symbol_table, subject)) {
    Hdf5Cursor cursor(table->data, subject);
    const std::uint64_t tree = cursor.take_u64();
    links = TreeReader(file, subject).read(tree, cursor.take_u64());
  }
  if (const auto* info = find_hdf5_message(messages, Hdf5MessageKind::link_info, subject))
    check_link_info(*info, subject);
  for (const Hdf5Message& message : messages) {
    if (message.kind == Hdf5MessageKind::link) links.push_back(read_link(message, subject));
  }
  sort_links(links, subject);
  return links;
}

}  // namespace sightline
