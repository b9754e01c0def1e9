// SPDX-License-Identifier: Apache-2.0
#include "batch/folder_walk.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "batch/exclude_patterns.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using sightline::testing::TempFolder;

namespace {

constexpr std::array<std::string_view, 2> kPngs = {".png", ".apng"};
constexpr std::array<std::string_view, 1> kHeics = {".heic"};

ImageFormat format(std::span<const std::string_view> extensions, const ImageCodec* codec) {
  ImageFormat result{};
  result.extensions = extensions;
  result.codec = codec;
  return result;
}

/// A build that reads PNG, and supports HEIC but was built without its library.
ImageExtensions png_without_heic() {
  static const std::array formats = {format(kPngs, &png_codec()), format(kHeics, nullptr)};
  return ImageExtensions(formats);
}

void write(const TempFolder& temp, const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(temp.path()) / name;
  std::filesystem::create_directories(path.parent_path());
  temp.write(name, "x");
}

std::vector<std::string> below(const TempFolder& temp, const WalkOptions& options) {
  std::vector<std::string> names;
  for (const std::string& path : walk_folder(temp.path(), options, png_without_heic()).images)
    names.push_back(path.substr(temp.path().size() + 1));
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("folder walk: extensions come from the table of formats, in any case", "[cli][walk]") {
  const TempFolder temp;
  for (const char* name :
       {"a.png", "b.APNG", "c.HeIc", "d.heic", "e.svg", "f.jpg", "g.txt", "h", "i.png.txt"})
    write(temp, name);
  const WalkedFolder walked = walk_folder(temp.path(), {}, png_without_heic());
  CHECK(walked.images == Names{temp.path() + "/a.png", temp.path() + "/b.APNG"});
  CHECK(walked.unsupported == ExtensionCounts{{".heic", 2}, {".svg", 1}});
}

TEST_CASE(
    "folder walk: every format of the build is readable, and no extension is both readable and unsupported",
    "[cli][walk]") {
  const ImageExtensions extensions(image_formats());
  for (const ImageFormat& format : image_formats()) {
    for (const std::string_view extension : format.extensions) {
      CHECK(extensions.kind(extension) ==
            (format.codec == nullptr ? ExtensionKind::unsupported : ExtensionKind::readable));
      CHECK(extension_of("a/b" + std::string(extension)) == extension);
    }
  }
  for (const char* extension : {".svg", ".psd", ".jxl", ".jp2", ".cr2", ".nef", ".arw", ".dng", ".raf",
                                ".orf", ".rw2", ".ico", ".ppm", ".pgm", ".tga"})
    CHECK(extensions.kind(extension) == ExtensionKind::unsupported);
  for (const char* extension : {"", ".txt", ".mp4", ".pdf", ".npy", ".tar", ".jsonl"})
    CHECK(extensions.kind(extension) == ExtensionKind::other);
}

TEST_CASE("folder walk: hidden names are skipped and not counted", "[cli][walk]") {
  const TempFolder temp;
  for (const char* name : {"a.png", ".b.png", ".c/d.png", "e/.f/g.png", ".h.svg", ".c/i.svg"})
    write(temp, name);
  CHECK(below(temp, {}) == Names{"a.png"});
  CHECK(walk_folder(temp.path(), {}, png_without_heic()).unsupported.empty());
  WalkOptions all;
  all.hidden = true;
  CHECK(below(temp, all) == Names{".b.png", ".c/d.png", "a.png", "e/.f/g.png"});
  CHECK(walk_folder(temp.path(), all, png_without_heic()).unsupported == ExtensionCounts{{".svg", 2}});
  // A hidden folder given by name is walked.
  CHECK(walk_folder(temp.path() + "/.c", {}, png_without_heic()).images == Names{temp.path() + "/.c/d.png"});
}

TEST_CASE("folder walk: --exclude compares names and paths below the folder", "[cli][walk]") {
  const TempFolder temp;
  for (const char* name : {"a.png", "a.svg", "thumbs/b.png", "thumbs/b.svg", "c/thumbs/d.png", "c/e.png",
                           "c/f/g.png", ".x.png", "h[1].png"})
    write(temp, name);
  const auto without = [&](std::vector<std::string> patterns, bool hidden = false) {
    WalkOptions options;
    options.exclude = std::move(patterns);
    options.hidden = hidden;
    return below(temp, options);
  };
  const Names everything = {"a.png", "c/e.png", "c/f/g.png", "c/thumbs/d.png", "h[1].png", "thumbs/b.png"};
  CHECK(without({}) == everything);
  CHECK(without({"thumbs"}) == Names{"a.png", "c/e.png", "c/f/g.png", "h[1].png"});
  CHECK(without({"thumbs/"}) == Names{"a.png", "c/e.png", "c/f/g.png", "h[1].png"});
  CHECK(without({"a.png/"}) == everything);  // not a folder
  CHECK(without({"c/thumbs"}) == Names{"a.png", "c/e.png", "c/f/g.png", "h[1].png", "thumbs/b.png"});
  CHECK(without({"c/*.png"}) == Names{"a.png", "c/f/g.png", "c/thumbs/d.png", "h[1].png", "thumbs/b.png"});
  CHECK(without({"c*g.png"}) == everything);  // * does not match /
  CHECK(without({"*.png"}).empty());
  CHECK(without({"[ab].png", "e.???"}) == Names{"c/f/g.png", "c/thumbs/d.png", "h[1].png"});
  CHECK(without({"h\\[1\\].png"}).size() == 5);
  CHECK(without({"*x.png"}, true) == everything);  // * matches a leading dot
  CHECK(without({"A.PNG"}) == everything);
  WalkOptions options;
  options.exclude = {"thumbs"};
  CHECK(walk_folder(temp.path(), options, png_without_heic()).unsupported == ExtensionCounts{{".svg", 1}});
  // The folder itself was given by name, with or without a slash.
  options.exclude = {"thumbs", "b.*"};
  CHECK(walk_folder(temp.path() + "/thumbs", options, png_without_heic()).images.empty());
  options.exclude = {"thumbs"};
  CHECK(walk_folder(temp.path() + "/thumbs/", options, png_without_heic()).images.size() == 1);
  CHECK(walk_folder(temp.path() + "/thumbs/", options, png_without_heic()).images.size() == 1);
}

TEST_CASE("folder walk: patterns that cannot match are refused", "[cli][walk][error]") {
  for (const char* pattern : {"", "/a", "./a", "/"}) CHECK_THROWS_AS(check_exclude({"ok", pattern}), Error);
  CHECK_NOTHROW(check_exclude({"a", "a/b", "*", ".git", "a/"}));
}

TEST_CASE("folder walk: paths are sorted bytewise, across folders", "[cli][walk]") {
  const TempFolder temp;
  Names names = {"b/z.png",  "b-a.png", "b.png",    "b0.png",  "b/a/c.png",
                 "b/a-.png", "B.png",   "b-/a.png", "\xFF.png"};
  for (const std::string& name : names) write(temp, name);
  std::sort(names.begin(), names.end());
  CHECK(below(temp, {}) == names);
}

TEST_CASE("folder walk: a folder reached by several paths is walked at the first one", "[cli][walk]") {
  const TempFolder temp;
  write(temp, "b/x.png");
  std::filesystem::create_directory_symlink("b", std::filesystem::path(temp.path()) / "a");
  std::filesystem::create_directory_symlink("b", std::filesystem::path(temp.path()) / "c");
  std::filesystem::create_directory_symlink("..", std::filesystem::path(temp.path()) / "b" / "up");
  CHECK(below(temp, {}) == Names{"b/x.png"});
  WalkOptions follow;
  follow.follow_links = true;
  CHECK(below(temp, follow) == Names{"a/x.png"});
}

TEST_CASE("folder walk: only files are counted", "[cli][walk]") {
  const TempFolder temp;
  write(temp, "folder.svg/a.svg");
  write(temp, "b.svg");
  std::filesystem::create_symlink("nowhere", std::filesystem::path(temp.path()) / "dangling.svg");
  std::filesystem::create_symlink("b.svg", std::filesystem::path(temp.path()) / "linked.svg");
  CHECK(walk_folder(temp.path(), {}, png_without_heic()).unsupported == ExtensionCounts{{".svg", 3}});
}

TEST_CASE("unsupported images: the largest count first, then by extension, over all folders", "[cli][walk]") {
  CHECK(unsupported_images_json({}) == "{}");
  CHECK(unsupported_images_json({{"a", {{".svg", 2}, {".psd", 2}, {".ico", 1}}}, {"b", {{".ico", 4}}}}) ==
        R"({".ico":5,".psd":2,".svg":2})");
}
