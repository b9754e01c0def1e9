// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "batch/exclude_patterns.h"
#include "batch/folder_walk.h"
#include "batch/image_source.h"
#include "batch/tar_extension.h"
#include "sightline/containers/tar.h"

namespace sightline::app {

/// Whether a file is a tar archive, as its first bytes tell; a compressed file or one without members must
/// also have a tar extension. `head`: its first 512 bytes.
bool is_tar(ByteView head, std::string_view path);
/// The same for a file, which it opens. False for a file that cannot be read.
bool is_tar_file(const std::string& path);

/// Whether a part of the name of a member begins with a dot, except "." and "..".
bool is_hidden_member(std::string_view name);

/// The images among the members of a tar archive, named "x.tar/member", with their content. The rules are
/// those of a folder walk: the extension decides which members are images, and hidden and excluded ones are
/// passed over. A member that cannot be read is an item with an error; a damaged or truncated archive ends
/// with such an item.
class TarSource : public ImageSource {
 public:
  /// The archive is opened by the first call of `next`. `extensions` must outlive the source.
  TarSource(std::string path, const WalkOptions& walk, const ImageExtensions& extensions);
  /// As above, with an archive that is already open (stdin).
  TarSource(std::string path, std::unique_ptr<BufferedStream> stream, const WalkOptions& walk,
            const ImageExtensions& extensions);

  bool next(ImageItem& item) override { return take(item, true); }
  bool next_label(ImageItem& item) override { return take(item, false); }

  /// The images so far that this build does not read.
  const ExtensionCounts& unsupported() const { return unsupported_; }

 private:
  bool take(ImageItem& item, bool wanted);
  bool find_image(TarMember& member);
  bool is_image(const TarMember& member);
  void read_content(const TarMember& member, ImageItem& item, bool wanted);

  std::string path_;
  ExcludePatterns exclude_;
  bool hidden_;
  const ImageExtensions& extensions_;
  std::unique_ptr<TarReader> reader_;
  std::optional<FileStamp> stamp_;  ///< of the archive, if it is a file
  ExtensionCounts unsupported_;
  bool ended_ = false;
};

}  // namespace sightline::app
