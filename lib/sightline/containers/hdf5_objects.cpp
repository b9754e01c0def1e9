// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5_objects.h"

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxBlocks = 64;
constexpr std::size_t kMaxMessages = 65'535;
constexpr std::string_view kHeader = "OHDR", kContinuation = "OCHK";
constexpr std::size_t kChecksum = 4;
constexpr std::uint8_t kShared = 0x02;

void check_kind(std::uint16_t kind, std::string_view subject) {
  switch (static_cast<Hdf5MessageKind>(kind)) {
    case Hdf5MessageKind::nil:
    case Hdf5MessageKind::dataspace:
    case Hdf5MessageKind::link_info:
    case Hdf5MessageKind::datatype:
    case Hdf5MessageKind::old_fill_value:
    case Hdf5MessageKind::fill_value:
    case Hdf5MessageKind::link:
    case Hdf5MessageKind::layout:
    case Hdf5MessageKind::group_info:
    case Hdf5MessageKind::attribute:
    case Hdf5MessageKind::comment:
    case Hdf5MessageKind::old_modification_time:
    case Hdf5MessageKind::continuation:
    case Hdf5MessageKind::symbol_table:
    case Hdf5MessageKind::modification_time:
    case Hdf5MessageKind::attribute_info:
    case Hdf5MessageKind::reference_count:
      return;
    case Hdf5MessageKind::external_files:
      fail(ErrorCode::unsafe, subject,
           "is stored in another file (external storage), expected it in this one");
    case Hdf5MessageKind::filters:
      fail(ErrorCode::unsupported, subject, "is compressed or filtered, expected plain numbers");
  }
  fail(ErrorCode::unsupported, subject, "has a header message of type " + std::to_string(kind));
}

// Reads the header blocks in turn; each may refer to further blocks.
class HeaderReader {
 public:
  HeaderReader(Hdf5Bytes& file, std::string_view subject) : file_(file), subject_(subject) {}

  std::vector<Hdf5Message> read(std::uint64_t address) {
    const bool has_signature = as_text(file_.at(address, kHeader.size(), subject_)) == kHeader;
    if (has_signature) {
      read_version_2(address);
    } else {
      read_version_1(address);
    }
    return std::move(messages_);
  }

 private:
  struct Block {
    std::uint64_t address, size;
  };

  void read_version_1(std::uint64_t address) {
    constexpr std::uint64_t kPrefix = 16;
    Hdf5Cursor prefix(file_.at(address, kPrefix, subject_), subject_);
    const std::uint8_t version = prefix.take_u8();
    if (version != 1) {
      fail(ErrorCode::header, subject_,
           "has an object header of version " + std::to_string(version) + ", expected 1 or 2");
    }
    prefix.skip(1);
    const std::uint16_t count = prefix.take_u16();
    prefix.skip(4);  // reference count
    const std::uint32_t size = prefix.take_u32();
    add_messages(file_.at(address + kPrefix, size, subject_), false, false);
    while (next_ < blocks_.size()) {
      const Block block = blocks_[next_++];
      add_messages(file_.at(block.address, block.size, subject_), false, false);
    }
    if (count_ != count) {
      fail(ErrorCode::header, subject_,
           "has " + std::to_string(count_) + " header messages, expected " + std::to_string(count));
    }
  }

  void read_version_2(std::uint64_t address) {
    constexpr std::uint64_t kFixed = 6;  // signature, version, flags
    Hdf5Cursor fixed(file_.at(address, kFixed, subject_), subject_);
    fixed.skip(kHeader.size());
    const std::uint8_t version = fixed.take_u8(), flags = fixed.take_u8();
    if (version != 2 || (flags & 0xC0) != 0)
      fail(ErrorCode::header, subject_, "has an object header of an unknown version");
    const bool has_order = (flags & 0x04) != 0;
    const std::size_t width = std::size_t{1} << (flags & 3);
    const std::uint64_t skipped = ((flags & 0x10) != 0 ? 4U : 0U) + ((flags & 0x20) != 0 ? 16U : 0U);
    Hdf5Cursor rest(file_.at(address + kFixed, skipped + width, subject_), subject_);
    rest.skip(skipped);
    const std::uint64_t size = rest.take_number(width), prefix = kFixed + skipped + width;
    if (size > kHdf5Undefined - prefix - kChecksum)
      fail(ErrorCode::range, subject_, "has a header size that does not fit in 64 bits");
    add_checked(file_.at(address, prefix + size + kChecksum, subject_), prefix, has_order);
    while (next_ < blocks_.size()) {
      const Block block = blocks_[next_++];
      add_checked(file_.block(block.address, block.size, kContinuation, subject_), kContinuation.size(),
                  has_order);
    }
  }

  // A block whose last four bytes are the checksum of the others.
  void add_checked(ByteView block, std::uint64_t prefix, bool has_order) {
    if (block.size() < prefix + kChecksum)
      fail(ErrorCode::header, subject_, "has a header block without room for its checksum");
    const ByteView covered = block.first(block.size() - kChecksum);
    check_hdf5_checksum(covered, load_le<std::uint32_t>(block, covered.size(), subject_), subject_);
    add_messages(covered.subspan(static_cast<std::size_t>(prefix)), true, has_order);
  }

  void add_messages(ByteView block, bool is_version_2, bool has_order) {
    const std::size_t head = is_version_2 ? (has_order ? 6 : 4) : 8;
    Hdf5Cursor cursor(block, subject_);
    // Version 2 may leave a gap that is too small for a message.
    while (cursor.left() >= (is_version_2 ? head : 1)) {
      const std::uint16_t kind = is_version_2 ? cursor.take_u8() : cursor.take_u16();
      const std::uint16_t size = cursor.take_u16();
      const std::uint8_t flags = cursor.take_u8();
      cursor.skip(is_version_2 ? head - 4 : 3);
      ++count_;
      add_message(kind, flags, cursor.take_bytes(size));
    }
  }

  void add_message(std::uint16_t kind, std::uint8_t flags, ByteView data) {
    check_kind(kind, subject_);
    const auto known = static_cast<Hdf5MessageKind>(kind);
    if (known == Hdf5MessageKind::nil) return;
    if ((flags & kShared) != 0) {
      fail(ErrorCode::unsupported, subject_,
           "has a header message that is stored elsewhere (a committed datatype)");
    }
    if (known != Hdf5MessageKind::continuation) {
      if (messages_.size() == kMaxMessages) {
        fail(ErrorCode::limit, subject_,
             "has more than " + std::to_string(kMaxMessages) + " header messages");
      }
      messages_.push_back({known, data});
      return;
    }
    if (blocks_.size() == kMaxBlocks) {
      fail(ErrorCode::limit, subject_,
           "has a header of more than " + std::to_string(kMaxBlocks) + " continuation blocks");
    }
    Hdf5Cursor cursor(data, subject_);
    const std::uint64_t address = cursor.take_u64();
    blocks_.push_back({address, cursor.take_u64()});
  }

  Hdf5Bytes& file_;
  std::string_view subject_;
  std::vector<Hdf5Message> messages_;
  std::vector<Block> blocks_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

std::vector<Hdf5Message> read_hdf5_messages(Hdf5Bytes& file, std::uint64_t address,
                                            std::string_view subject) {
  return HeaderReader(file, subject).read(address);
}

const Hdf5Message* find_hdf5_message(const std::vector<Hdf5Message>& messages, Hdf5MessageKind kind,
                                     std::string_view subject) {
  const Hdf5Message* found = nullptr;
  for (const Hdf5Message& message : messages) {
    if (message.kind != kind) continue;
    if (found != nullptr) {
      fail(ErrorCode::duplicate, subject,
           "has two header messages of type " + std::to_string(static_cast<int>(kind)));
    }
    found = &message;
  }
  return found;
}

}  // namespace sightline
