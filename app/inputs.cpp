#include "inputs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

#include <sys/stat.h>

#include "failure.h"
#include "sightline/io/file.h"

namespace sightline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxImageBytes = 256LL << 20;
constexpr std::int64_t kMaxTextBytes = 4LL << 30;
constexpr std::array<std::string_view, 3> kExtensions = {".jpg", ".jpeg", ".png"};

/// ASCII lower case of everything from the last dot of the name, "" when there is none.
std::string extension_of(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const std::size_t dot = name.find_last_of('.');
  std::string extension(dot == std::string_view::npos ? "" : name.substr(dot));
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

bool looks_like_image(std::string_view path) {
  const std::string extension = extension_of(path);
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

/// Walks one folder. A loop of links ends because each folder is entered once.
class FolderWalk {
 public:
  FolderWalk(bool follow_links, std::vector<std::string>& found)
      : follow_links_(follow_links), found_(found) {}

  void enter(const std::string& folder) {
    struct stat status = {};
    const bool reached = ::stat(folder.c_str(), &status) == 0;
    if (reached && !seen_.emplace(status.st_dev, status.st_ino).second) return;
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    if (!reached || error) {
      found_.push_back(folder);  // fails as an item, with the reason
      return;
    }
    std::vector<std::string> folders;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      add(folder, *entries, folders);
    }
    if (error) found_.push_back(folder);  // what else is in it nobody knows
    // In order, so that of two links to one folder the same is entered each time.
    std::sort(folders.begin(), folders.end());
    for (const std::string& below : folders) enter(below);
  }

 private:
  void add(const std::string& folder, const fs::directory_entry& entry, std::vector<std::string>& folders) {
    const std::string name = entry.path().filename().string();
    const std::string path = folder.ends_with('/') ? folder + name : folder + "/" + name;
    // What the listing itself says: only links are looked up.
    std::error_code error;
    if (entry.is_directory(error)) {
      if (follow_links_ || !entry.is_symlink(error)) folders.push_back(path);
    } else if (looks_like_image(name)) {
      // What cannot be reached is an input too, and so is a link that leads nowhere: they fail as items.
      // Devices and FIFOs are passed over.
      if (entry.is_regular_file(error) || !entry.exists(error)) found_.push_back(path);
    }
  }

  bool follow_links_;
  std::vector<std::string>& found_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

/// A file as it is, a folder as what lies below it.
void add_input(const std::string& path, bool follow_links, std::vector<std::string>& images) {
  if (path == "-" || !is_directory(path)) {
    if (path != "-" && extension_of(path) == ".tar") {
      fail_usage("tar shards are not built yet: " + path, "unpack the shard and give the folder");
    }
    images.push_back(path);
    return;
  }
  std::vector<std::string> found;
  FolderWalk(follow_links, found).enter(path);
  std::sort(found.begin(), found.end());
  images.insert(images.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

void add_list(const InputOptions& options, std::vector<std::string>& images) {
  const std::string text = read_text_file(options.list);
  if (!options.null_separated) {
    if (const std::size_t null = text.find('\0'); null != std::string::npos) {
      const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(null), '\n');
      fail_inputs(ErrorCode::header, options.list,
                  "line " + std::to_string(line) + " has a NUL byte, expected one path a line",
                  "-0 reads paths that end with NUL, as find -print0 writes them");
    }
    for (const std::string& path : split_lines(text)) {
      if (!path.empty()) add_input(path, options.follow_links, images);
    }
    return;
  }
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    if (end > begin) add_input(text.substr(begin, end - begin), options.follow_links, images);
    begin = end + 1;
  }
}

/// A named pipe, or what a shell makes of <(command).
bool is_pipe(const std::string& path) {
  struct stat status = {};
  return path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

/// Unlike a picture, a list is waited for: it was named as one. Errors: io, limit.
std::string read_pipe(const std::string& path) {
  const auto fail_read = [&] {
    fail(ErrorCode::io, path, std::string("cannot be read: ") + std::strerror(errno));
  };
  std::ifstream file(path, std::ios::binary);
  if (!file) fail_read();
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (file.read(buffer.data(), buffer.size()), file.gcount() > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
    if (static_cast<std::int64_t>(text.size()) > kMaxTextBytes) {
      fail(ErrorCode::limit, path, "has more than " + std::to_string(kMaxTextBytes) + " bytes");
    }
  }
  if (file.bad()) fail_read();
  return text;
}

}  // namespace

bool has_images(const InputOptions& options) { return !options.images.empty() || !options.list.empty(); }

std::vector<std::string> gather_images(const InputOptions& options) {
  std::vector<std::string> images;
  for (const std::string& path : options.images) add_input(path, options.follow_links, images);
  if (!options.list.empty()) add_list(options, images);
  const auto uses_of_stdin = std::count(images.begin(), images.end(), "-");
  if (uses_of_stdin > (options.list == "-" ? 0 : 1)) fail_usage("stdin can be read only once");
  return images;
}

std::vector<std::byte> read_image(const std::string& path) {
  if (path == "-") return in_stage(Stage::streams, [&] { return read_file(path, kMaxImageBytes); });
  try {
    return read_file(path, kMaxImageBytes);
  } catch (const Error& error) {
    // A folder that can be listed is not an image: its pictures are.
    if (error.code() == ErrorCode::unsupported && is_directory(path))
      fail(ErrorCode::io, path, "is a folder that could not be listed to its end");
    throw;
  }
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string read_text_file(const std::string& path) {
  const Stage stage = path == "-" ? Stage::streams : Stage::inputs;
  if (is_pipe(path)) return in_stage(stage, [&] { return read_pipe(path); });
  const std::vector<std::byte> bytes = in_stage(stage, [&] { return read_file(path, kMaxTextBytes); });
  return std::string(as_text(bytes));
}

}  // namespace sightline::app
