// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/containers/hdf5_groups.h"
#include "sightline/containers/hdf5_types.h"

namespace sightline {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxObjects = 100'000;
constexpr std::size_t kMaxPathBytes = 1024;

// The location of a dataset's elements: inside its header, or at an address.
ByteView read_layout(const Hdf5Bytes& file, ByteView message, std::int64_t size, std::string_view subject) {
  Hdf5Cursor cursor(message, subject);
  const std::uint8_t version = cursor.take_u8();
  if (version < 3 || version > 5) {
    fail(ErrorCode::unsupported, subject,
         "has a data layout of version " + std::to_string(version) + ", expected 3 or 4");
  }
  enum : std::uint8_t { kCompact = 0, kContiguous = 1, kChunked = 2, kVirtual = 3 };
  const std::uint8_t kind = cursor.take_u8();
  if (kind == kChunked)
    fail(ErrorCode::unsupported, subject, "is stored in chunks, expected contiguous data");
  if (kind == kVirtual)
    fail(ErrorCode::unsafe, subject,
         "is a virtual dataset (it refers to other files), expected data of its own");
  if (kind > kVirtual) fail(ErrorCode::header, subject, "has an unknown kind of data layout");

  const std::uint64_t address = kind == kContiguous ? cursor.take_u64() : 0;
  const std::uint64_t stored = kind == kContiguous ? cursor.take_u64() : cursor.take_u16();
  if (stored != static_cast<std::uint64_t>(size)) {
    fail(ErrorCode::range, subject,
         "spans " + std::to_string(stored) + " bytes, expected " + std::to_string(size));
  }
  if (kind == kCompact) return cursor.take_bytes(stored);
  if (stored == 0) return {};
  if (address == kHdf5Undefined) fail(ErrorCode::missing, subject, "has no data: it was never written");
  return file.data_at(address, stored, subject);
}

const Hdf5Message& require_message(const std::vector<Hdf5Message>& messages, Hdf5MessageKind kind,
                                   std::string_view what, std::string_view subject) {
  const Hdf5Message* message = find_hdf5_message(messages, kind, subject);
  if (message == nullptr) fail(ErrorCode::header, subject, "has no " + std::string(what) + " in its header");
  return *message;
}

// Walks the groups from the root and collects groups and datasets.
class Walk {
 public:
  explicit Walk(Hdf5Bytes& file) : file_(file) {}

  Hdf5Contents collect() {
    visit(file_.root(), "", 0);
    check_overlap();
    return std::move(contents_);
  }

 private:
  std::string subject_of(const std::string& path) const {
    return path.empty() ? file_.subject() : file_.subject() + ": " + path;
  }

  void visit(std::uint64_t address, const std::string& path, int depth) {
    const std::string subject = subject_of(path);
    if (depth == kMaxDepth) {
      fail(ErrorCode::limit, file_.subject(),
           "nests groups more than " + std::to_string(kMaxDepth) + " deep");
    }
    if (contents_.groups.size() + contents_.datasets.size() == kMaxObjects)
      fail(ErrorCode::limit, file_.subject(),
           "contains more than " + std::to_string(kMaxObjects) + " objects");
    const std::vector<Hdf5Message> messages = read_hdf5_messages(file_, address, subject);
    if (!is_hdf5_group(messages)) {
      if (path.empty()) fail(ErrorCode::header, subject, "has a root that is not a group");
      return read_dataset(address, messages, path, subject);
    }
    contents_.groups.push_back({path, read_hdf5_attributes(file_, messages, subject)});
    for (const Hdf5Link& link : read_hdf5_links(file_, messages, subject)) {
      std::string child = path.empty() ? link.name : path + "/" + link.name;
      if (child.size() > kMaxPathBytes) {
        fail(ErrorCode::limit, file_.subject(),
             "has a path of more than " + std::to_string(kMaxPathBytes) + " bytes");
      }
      visit(link.address, child, depth + 1);
    }
  }

  void read_dataset(std::uint64_t address, const std::vector<Hdf5Message>& messages, const std::string& path,
                    const std::string& subject) {
    Hdf5Dataset dataset;
    dataset.path = path;
    const ByteView type = require_message(messages, Hdf5MessageKind::datatype, "datatype", subject).data;
    const ByteView space = require_message(messages, Hdf5MessageKind::dataspace, "dataspace", subject).data;
    const ByteView layout = require_message(messages, Hdf5MessageKind::layout, "data layout", subject).data;
    const Hdf5Element element = read_hdf5_type(type, subject);
    dataset.type = element.type;
    dataset.element_bytes = element.bytes;
    dataset.shape = read_hdf5_shape(space, subject);
    std::int64_t size = element.bytes;
    for (const std::int64_t axis : dataset.shape) size = checked_mul(size, axis, subject);
    dataset.bytes = read_layout(file_, layout, size, subject);
    dataset.attributes = read_hdf5_attributes(file_, messages, subject);
    if (!dataset.bytes.empty()) places_.push_back({dataset.bytes, address});
    contents_.datasets.push_back(std::move(dataset));
  }

  // A dataset may have several names, but two datasets must not share bytes.
  void check_overlap() {
    std::sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
      return std::pair(a.bytes.data(), a.object) < std::pair(b.bytes.data(), b.object);
    });
    for (std::size_t i = 1; i < places_.size(); ++i) {
      const Place &previous = places_[i - 1], &current = places_[i];
      if (previous.object == current.object ||
          previous.bytes.data() + previous.bytes.size() <= current.bytes.data())
        continue;
      fail(ErrorCode::range, file_.subject(), "contains datasets that overlap");
    }
  }

  struct Place {
    ByteView bytes;
    std::uint64_t object;
  };

  Hdf5Bytes& file_;
  Hdf5Contents contents_;
  std::vector<Place> places_;
};

}  // namespace

Hdf5Contents parse_hdf5(ByteView file, std::string_view subject) {
  Hdf5Bytes bytes(file, subject);
  return Walk(bytes).collect();
}

}  // namespace sightline
