// SPDX-License-Identifier: Apache-2.0
#include "score/tar_pairs.h"

#include <utility>

#include "batch/image_extensions.h"
#include "batch/inputs.h"
#include "batch/tar_source.h"
#include "cli/failure.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxTextBytes = 16 << 20;  // above the limit of a caption, which has its own message
constexpr std::size_t kMaxLoneKeys = 10'000;      // bounds the memory
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class Part { none, image, caption };

Part part_of(const TarMember& member) {
  if (member.kind != TarMemberKind::file && member.kind != TarMemberKind::sparse) return Part::none;
  if (is_hidden_member(member.name)) return Part::none;
  const std::string extension = extension_of(member.name);
  if (extension == ".txt") return Part::caption;
  // Images in other formats are refused by name when they are decoded.
  return image_extensions().kind(extension) == ExtensionKind::other ? Part::none : Part::image;
}

std::string key_of(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return name.substr(0, name.find('.', slash == std::string::npos ? 0 : slash + 1));
}

std::string caption_text(const std::vector<std::byte>& bytes) {
  std::string_view text = as_text(bytes);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
  }
  return std::string(text);
}

void refuse(Caption& caption, Error error) {
  caption.prompts.clear();
  caption.error = std::move(error);
}

/// Reads a member; an error names it.
template <class Read>
void read_member_content(const TarMember& member, const std::string& label, std::optional<Error>& error,
                         Read read) {
  try {
    if (member.kind == TarMemberKind::sparse)
      fail(ErrorCode::unsupported, label, "is a sparse member of a tar archive, which is not supported");
    read();
  } catch (const Failure&) {
    throw;
  } catch (const Error& failure) {
    error = Error(failure.code(), label, failure.problem());
  }
}

}  // namespace

TarPairs::TarPairs(std::string path, std::unique_ptr<BufferedStream> stream, InvalidUtf8 invalid_utf8)
    : path_(std::move(path)), invalid_utf8_(invalid_utf8), reader_(std::move(stream), path_) {}

bool TarPairs::next(Pair& pair) {
  TarMember member;
  while (read_member(member)) {
    if (part_of(member) == Part::none) continue;
    std::string key = key_of(member.name);
    const bool found = key != group_.key && take_group(pair);
    group_.key = std::move(key);
    add(member);
    if (found) return true;
  }
  if (take_group(pair)) return true;
  if (!error_) return false;
  pair = {.image = {.path = path_}, .caption = {}};
  pair.caption.error = std::exchange(error_, std::nullopt);
  return true;
}

bool TarPairs::read_member(TarMember& member) {
  if (ended_) return false;
  try {
    ended_ = !reader_.next(member);
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    error_ = error;
    ended_ = true;
  }
  return !ended_;
}

void TarPairs::add(const TarMember& member) {
  if (part_of(member) == Part::image) {
    if (++group_.images == 1) read_image(member);
  } else {
    if (++group_.captions == 1) read_caption(member);
  }
}

void TarPairs::read_image(const TarMember& member) {
  ImageItem& image = group_.image;
  image.path = label(member.name);
  read_member_content(member, image.path, image.error, [&] { image.bytes = reader_.read(kMaxImageBytes); });
}

void TarPairs::read_caption(const TarMember& member) {
  const std::string place = label(member.name);
  std::optional<Error> error;
  read_member_content(member, place, error, [&] {
    group_.caption =
        make_caption(caption_text(reader_.read(kMaxTextBytes)), invalid_utf8_, [&] { return place; });
    if (group_.caption.label.find('\0') != std::string::npos && !group_.caption.error)
      fail(ErrorCode::header, place, "has a NUL byte, expected UTF-8 text");
  });
  if (error) refuse(group_.caption, *error);
}

/// Remembers a part without its counterpart, which may come later or have come before.
void TarPairs::note_lone(const Group& group) {
  if (!separated_.empty() || (group.images > 0) == (group.captions > 0)) return;
  const auto other = lone_.find(group.key);
  if (other == lone_.end()) {
    if (lone_.size() < kMaxLoneKeys) lone_.emplace(group.key, group.images > 0);
  } else if (other->second != (group.images > 0)) {
    separated_ = group.key;
  }
}

std::string TarPairs::hint() const {
  if (separated_.empty()) return "";
  return "image and caption of " + printable(label(separated_)) +
         " are not next to each other; make the archive with: tar --sort=name -cf ...";
}

/// Returns false if the group has neither image nor caption.
bool TarPairs::take_group(Pair& pair) {
  Group group = std::exchange(group_, {});
  if (group.images == 0 && group.captions == 0) return false;
  note_lone(group);
  const std::string key = label(group.key);
  if (group.images != 1) group.image = {.path = key};
  const auto several = [&](int count, const std::string& noun) {
    refuse(group.caption,
           Error(ErrorCode::duplicate, key,
                 "has " + std::to_string(count) + " " + noun + "s next to each other, expected one"));
  };
  if (group.images > 1) {
    several(group.images, "image");
  } else if (group.captions > 1) {
    several(group.captions, "caption");
  } else if (group.caption.error) {
    // It may be why no image was found: the archive ends inside it.
  } else if (group.images == 0) {
    refuse(group.caption, Error(ErrorCode::missing, key, "has a caption, but no image next to it"));
  } else if (group.captions == 0) {
    const Error missing(ErrorCode::missing, group.image.path,
                        "has no caption: no .txt member with its name is next to it");
    refuse(group.caption, group.image.error.value_or(missing));
  }
  if (group.caption.error) group.image.bytes.reset();  // it is not encoded
  pair = {std::move(group.image), std::move(group.caption)};
  return true;
}

}  // namespace sightline::app
