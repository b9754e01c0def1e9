// SPDX-License-Identifier: Apache-2.0
#include "batch/folder_walk.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "cli/failure.h"

namespace sightline::app {
namespace {

namespace fs = std::filesystem;

/// One pattern of `--exclude`.
struct Pattern {
  std::string text;
  bool folders_only;

  explicit Pattern(const std::string& given) : text(given), folders_only(given.ends_with('/')) {
    while (text.ends_with('/')) text.pop_back();
  }
  /// Whether it matches the name, or the path below the walked folder.
  bool matches(const std::string& name, const std::string& below) const {
    return ::fnmatch(text.c_str(), name.c_str(), FNM_PATHNAME) == 0 ||
           ::fnmatch(text.c_str(), below.c_str(), FNM_PATHNAME) == 0;
  }
};

/// Walks one folder. Loops of links end because each folder is entered only once.
class FolderWalk {
 public:
  FolderWalk(const std::string& root, const WalkOptions& options, const ImageExtensions& extensions)
      : root_length_(root.size() + (root.ends_with('/') ? 0 : 1)),
        options_(options),
        patterns_(options.exclude.begin(), options.exclude.end()),
        extensions_(extensions) {}

  void enter(const std::string& folder) {
    struct stat status = {};
    const bool reached = ::stat(folder.c_str(), &status) == 0;
    if (reached && !entered_.emplace(status.st_dev, status.st_ino).second) return;
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    if (!reached || error) {
      result_.images.push_back(folder);  // is reported as a failed item
      return;
    }
    std::vector<std::string> folders;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      add(folder, *entries, folders);
    }
    if (error) result_.images.push_back(folder);  // its remaining contents are unknown
    // Sorted, so that the result does not depend on which of two links to a folder is listed first.
    std::sort(folders.begin(), folders.end());
    for (const std::string& below : folders) enter(below);
  }

  WalkedFolder result() {
    std::sort(result_.images.begin(), result_.images.end());
    return std::move(result_);
  }

 private:
  void add(const std::string& folder, const fs::directory_entry& entry, std::vector<std::string>& folders) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') && !options_.hidden) return;
    const std::string path = folder.ends_with('/') ? folder + name : folder + "/" + name;
    // Uses the type from the listing, which needs a stat call only for links.
    std::error_code error;
    if (entry.is_directory(error)) {
      const bool enters = options_.follow_links || !entry.is_symlink(error);
      if (enters && !is_excluded(name, path, true)) folders.push_back(path);
      return;
    }
    const std::string extension = extension_of(name);
    const ExtensionKind kind = extensions_.kind(extension);
    if (kind == ExtensionKind::other || is_excluded(name, path, false)) return;
    const bool is_file = entry.is_regular_file(error);
    if (kind == ExtensionKind::unsupported) {
      if (is_file) ++result_.unsupported[extension];
      // Inaccessible files and dangling links are included and fail as items. Devices and FIFOs are ignored.
    } else if (is_file || !entry.exists(error)) {
      result_.images.push_back(path);
    }
  }

  bool is_excluded(const std::string& name, const std::string& path, bool is_folder) const {
    if (patterns_.empty()) return false;
    const std::string below = path.substr(root_length_);
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const Pattern& pattern) {
      return (is_folder || !pattern.folders_only) && pattern.matches(name, below);
    });
  }

  std::size_t root_length_;
  const WalkOptions& options_;
  std::vector<Pattern> patterns_;
  const ImageExtensions& extensions_;
  WalkedFolder result_;
  std::set<std::pair<dev_t, ino_t>> entered_;
};

}  // namespace

void check_exclude(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (pattern.empty() || pattern.starts_with('/') || pattern.starts_with("./")) {
      fail_usage("--exclude '" + pattern + "' cannot match anything",
                 "patterns match names, or paths below the folder: --exclude thumbs, --exclude "
                 "'2019/*.png'");
    }
  }
}

WalkedFolder walk_folder(const std::string& folder, const WalkOptions& options,
                         const ImageExtensions& extensions) {
  FolderWalk walk(folder, options, extensions);
  walk.enter(folder);
  return walk.result();
}

}  // namespace sightline::app
