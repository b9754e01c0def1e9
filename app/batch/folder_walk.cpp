// SPDX-License-Identifier: Apache-2.0
#include "batch/folder_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <string_view>

#include "batch/exclude_patterns.h"
#include "batch/tar_extension.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

/// What an entry of a folder is, after links.
enum class EntryKind { file, folder, missing, other };

struct Entry {
  EntryKind kind = EntryKind::other;
  bool is_link = false;
};

/// The type is in the listing; only links, and file systems without types, need more calls.
Entry classify(int folder, const dirent& listed) {
  unsigned char type = listed.d_type;
  struct stat status = {};
  if (type == DT_UNKNOWN) {
    if (::fstatat(folder, listed.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return {EntryKind::missing};
    type = IFTODT(status.st_mode);
  }
  const bool is_link = type == DT_LNK;
  if (is_link) {
    if (::fstatat(folder, listed.d_name, &status, 0) != 0) return {EntryKind::missing, true};
    type = IFTODT(status.st_mode);
  }
  if (type == DT_DIR) return {EntryKind::folder, is_link};
  return {type == DT_REG ? EntryKind::file : EntryKind::other, is_link};
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

/// Walks one folder. Loops of links end because each folder is entered only once.
class FolderWalk {
 public:
  FolderWalk(const std::string& root, const WalkOptions& options, const ImageExtensions& extensions)
      : root_length_(root.size() + (root.ends_with('/') ? 0 : 1)),
        options_(options),
        patterns_(options.exclude),
        extensions_(extensions) {}

  void enter(const std::string& folder) {
    struct stat status = {};
    const bool reached = ::stat(folder.c_str(), &status) == 0;
    if (reached && !entered_.emplace(status.st_dev, status.st_ino).second) return;
    std::vector<std::string> names;  // those of folders end in '/'
    if (!reached || !list(folder, names)) {
      // It is reported as a failed item; if it was listed in part, its remaining contents are unknown.
      result_.images.push_back(folder);
      sorted_ = false;
    }
    // The paths below "a/" are neighbours in bytewise order, so that this is the order of all paths.
    std::sort(names.begin(), names.end());
    const std::string prefix = folder.ends_with('/') ? folder : folder + "/";
    for (std::string& name : names) {
      if (!name.ends_with('/')) {
        result_.images.push_back(prefix + name);
        continue;
      }
      name.pop_back();
      enter(prefix + name);
    }
  }

  WalkedFolder result() {
    if (!sorted_) std::sort(result_.images.begin(), result_.images.end());
    return std::move(result_);
  }

 private:
  /// Appends the names of images and folders. Returns false if the folder could not be listed completely.
  bool list(const std::string& folder, std::vector<std::string>& names) {
    const OpenFolder open(::opendir(folder.c_str()));
    if (open == nullptr) return false;
    const int descriptor = ::dirfd(open.get());
    while (true) {
      errno = 0;
      const dirent* listed = ::readdir(open.get());
      if (listed == nullptr) return errno == 0;
      add(folder, descriptor, *listed, names);
    }
  }

  void add(const std::string& folder, int descriptor, const dirent& listed, std::vector<std::string>& names) {
    const std::string_view name = listed.d_name;
    if (name == "." || name == ".." || (name.starts_with('.') && !options_.hidden)) return;
    const Entry entry = classify(descriptor, listed);
    if (entry.kind == EntryKind::folder) {
      const bool enters = options_.follow_links || !entry.is_link;
      if (enters && !is_excluded(folder, name, true)) names.push_back(std::string(name) + "/");
      return;
    }
    const std::string extension = extension_of(name);
    ExtensionKind kind = extensions_.kind(extension);
    if (options_.archives && has_tar_extension(name)) kind = ExtensionKind::readable;
    if (kind == ExtensionKind::other || is_excluded(folder, name, false)) return;
    if (kind == ExtensionKind::unsupported) {
      if (entry.kind == EntryKind::file) ++result_.unsupported[extension];
      // Inaccessible files and dangling links are included and fail as items. Devices and FIFOs are ignored.
    } else if (entry.kind != EntryKind::other) {
      names.emplace_back(name);
    }
  }

  bool is_excluded(const std::string& folder, std::string_view entry, bool is_folder) const {
    if (patterns_.empty()) return false;
    const std::string name(entry), below = join_path(folder, name).substr(root_length_);
    return patterns_.matches(name, below, is_folder);
  }

  std::size_t root_length_;
  const WalkOptions& options_;
  ExcludePatterns patterns_;
  const ImageExtensions& extensions_;
  WalkedFolder result_;
  bool sorted_ = true;
  std::set<std::pair<dev_t, ino_t>> entered_;
};

}  // namespace

WalkedFolder walk_folder(const std::string& folder, const WalkOptions& options,
                         const ImageExtensions& extensions) {
  FolderWalk walk(folder, options, extensions);
  walk.enter(folder);
  return walk.result();
}

}  // namespace sightline::app
