// SPDX-License-Identifier: Apache-2.0
#include "batch/tar_source.h"

#include <algorithm>
#include <array>

#include "batch/inputs.h"
#include "sightline/files/input_stream.h"
#include "sightline/image/formats.h"

namespace sightline::app {
namespace {

/// The parts of a member's name, without those that mean the folder itself: "./a//b.jpg" is "a/b.jpg".
std::string path_below(std::string_view name) {
  std::string path;
  for (std::size_t begin = 0, end = 0; end != std::string_view::npos; begin = end + 1) {
    end = name.find('/', begin);
    const std::string_view part = name.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (part.empty() || part == ".") continue;
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

/// Whether a part of the path begins with a dot, except "..".
bool is_hidden(std::string_view path) {
  for (std::size_t begin = 0, end = 0; end != std::string_view::npos; begin = end + 1) {
    end = path.find('/', begin);
    const std::string_view part = path.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (part.starts_with('.') && part != "..") return true;
  }
  return false;
}

}  // namespace

bool is_tar(ByteView head, std::string_view path) {
  if (has_tar_checksum(head)) return true;
  if (has_tar_extension(path) && (compression_of(head) != Compression::none || is_zero_block(head)))
    return true;
  const auto formats = image_formats();
  return has_tar_magic(head) && std::none_of(formats.begin(), formats.end(), [&](const ImageFormat& format) {
           return format.recognizes(head);
         });
}

bool is_hidden_member(std::string_view name) { return is_hidden(path_below(name)); }

bool is_tar_file(const std::string& path) {
  try {
    InputStream file(path);
    std::array<std::byte, kTarBlockBytes> head;
    std::size_t size = 0;
    while (const std::size_t count = file.read(std::span(head).subspan(size))) size += count;
    return is_tar(ByteView(head).first(size), path);
  } catch (const Error&) {
    return false;  // becomes a failed image when it is read
  }
}

TarSource::TarSource(std::string path, const WalkOptions& walk, const ImageExtensions& extensions)
    : path_(std::move(path)), exclude_(walk.exclude), hidden_(walk.hidden), extensions_(extensions) {}

TarSource::TarSource(std::string path, std::unique_ptr<BufferedStream> stream, const WalkOptions& walk,
                     const ImageExtensions& extensions)
    : TarSource(std::move(path), walk, extensions) {
  reader_ = std::make_unique<TarReader>(std::move(stream), path_);
}

// An error of the archive itself is the last item, so that the run reports it and does not seem complete.
bool TarSource::take(ImageItem& item, bool wanted) {
  if (ended_) return false;
  item = {.path = path_};
  TarMember member;
  try {
    if (reader_ == nullptr) {
      stamp_ = stamp_of(path_);
      reader_ = std::make_unique<TarReader>(open_byte_stream(path_), path_);
    }
    if (!find_image(member)) {
      ended_ = true;
      reader_.reset();
      return false;
    }
  } catch (const Error& error) {
    ended_ = true;
    reader_.reset();
    item.error = error;
    return true;
  }
  item.path = path_ + "/" + member.name;
  item.stamp = stamp_;
  try {
    read_content(member, item, wanted);
  } catch (const Error& error) {
    item.error = Error(error.code(), item.path, error.problem());
  }
  return true;
}

bool TarSource::find_image(TarMember& member) {
  while (reader_->next(member)) {
    if (is_image(member)) return true;
  }
  return false;
}

bool TarSource::is_image(const TarMember& member) {
  if (member.kind != TarMemberKind::file && member.kind != TarMemberKind::sparse) return false;
  const std::string extension = extension_of(member.name);
  const ExtensionKind kind = extensions_.kind(extension);
  if (kind == ExtensionKind::other) return false;
  const std::string path = path_below(member.name);
  if ((!hidden_ && is_hidden(path)) || exclude_.matches_path(path)) return false;
  if (kind == ExtensionKind::unsupported) ++unsupported_[extension];
  return kind == ExtensionKind::readable;
}

void TarSource::read_content(const TarMember& member, ImageItem& item, bool wanted) {
  if (member.kind == TarMemberKind::sparse) {
    fail(ErrorCode::unsupported, item.path, "is a sparse member of a tar archive, which is not supported");
  }
  if (wanted) {
    item.bytes = reader_->read(kMaxImageBytes);
  } else {
    reader_->pass_over(kMaxImageBytes);
  }
}

}  // namespace sightline::app
