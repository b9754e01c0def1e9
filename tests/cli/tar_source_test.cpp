// SPDX-License-Identifier: Apache-2.0
#include "batch/tar_source.h"

#include <algorithm>

#include "batch/inputs.h"
#include "batch/list_source.h"
#include "batch/tar_expander.h"
#include "support/catch.h"
#include "support/tar_bytes.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

std::string describe(const ImageItem& item, const std::string& folder) {
  std::string text = item.path;
  if (text.starts_with(folder)) text = text.substr(folder.size() + 1);
  if (item.bytes) text += "=" + std::string(as_text(*item.bytes));
  if (item.error) text += ":" + std::string(class_name(item.error->code()));
  return text + " ";
}

/// The items of an archive: "f.tar/name=content" or "f.tar/name:CLASS".
std::string items(const std::string& archive, const WalkOptions& walk = {}) {
  const TempFolder temp;
  TarSource source(temp.write("f.tar", archive), walk, image_extensions());
  std::string out;
  for (ImageItem item; source.next(item);) out += describe(item, temp.path());
  return out;
}

ImagePaths gather(std::vector<std::string> images, const std::string& list = "", bool archives = false) {
  InputOptions options;
  options.images = std::move(images);
  options.list = list;
  options.walk.archives = archives;
  return gather_images(options);
}

WalkOptions with_hidden() {
  WalkOptions walk;
  walk.hidden = true;
  return walk;
}

WalkOptions without(std::vector<std::string> patterns) {
  WalkOptions walk;
  walk.exclude = std::move(patterns);
  return walk;
}

std::string jpg(const std::string& name, const std::string& content = "x") {
  return tar_member({name}, content);
}

}  // namespace

TEST_CASE("tar source: members that are images, by extension, with their bytes", "[batch][tar]") {
  const std::string archive = tar_member({.name = "d", .type = '5'}) + jpg("d/b.JPG", "1") + jpg("d/b.json") +
                              jpg("d/b.txt") + jpg("a.png", "22") + jpg("none") + jpg("x.svg") +
                              jpg("y.svg") + tar_member({.name = "link.jpg", .type = '2'}) +
                              tar_member({.name = "hard.jpg", .type = '1'}) + tar_end();
  CHECK(items(archive) == "f.tar/d/b.JPG=1 f.tar/a.png=22 ");
  const TempFolder temp;
  TarSource source(temp.write("f.tar", archive), {}, image_extensions());
  ImageItem item;
  while (source.next(item)) {
  }
  CHECK(source.unsupported() == ExtensionCounts{{".svg", 2}});
  CHECK_FALSE(source.next(item));
}

TEST_CASE("tar source: hidden and excluded members are passed over as in folders", "[batch][tar]") {
  const std::string archive = jpg("./a.jpg") + jpg("._a.jpg") + jpg("d/.h/b.jpg") + jpg("../up.jpg") +
                              jpg("thumbs/c.jpg") + jpg("d//e.jpg") + jpg(".svg") + jpg(".s/x.svg") +
                              tar_end();
  CHECK(items(archive) == "f.tar/./a.jpg=x f.tar/../up.jpg=x f.tar/thumbs/c.jpg=x f.tar/d//e.jpg=x ");
  CHECK(items(archive, with_hidden()).find("f.tar/._a.jpg=x f.tar/d/.h/b.jpg=x ") != std::string::npos);
  CHECK(items(archive, without({"thumbs"})) == "f.tar/./a.jpg=x f.tar/../up.jpg=x f.tar/d//e.jpg=x ");
  CHECK(items(archive, without({"a.jpg", "d/"})) == "f.tar/../up.jpg=x f.tar/thumbs/c.jpg=x ");
  CHECK(items(archive, without({"d/e.jpg", "t*s/*.jpg", "../up.jpg"})) == "f.tar/./a.jpg=x ");
}

TEST_CASE("tar source: what cannot be read is one item, and the archive goes on where it can",
          "[batch][tar]") {
  const std::string sparse = pax_header(pax_record("GNU.sparse.name", "s.jpg")) + tar_member({"t"}, "x");
  CHECK(items(sparse + jpg("b.jpg") + tar_end()) == "f.tar/s.jpg:UNSUP f.tar/b.jpg=x ");
  CHECK(items(jpg("a.jpg") + jpg("b.jpg").substr(0, 512)) == "f.tar/a.jpg=x f.tar/b.jpg:TRUNC ");
  CHECK(items(jpg("a.jpg") + jpg("b.txt").substr(0, 512)) == "f.tar/a.jpg=x f.tar:TRUNC ");
  CHECK(items(jpg("a.jpg") + jpg("b.jpg").substr(0, 100)) == "f.tar/a.jpg=x f.tar:TRUNC ");
  CHECK(items(jpg("a.jpg") + std::string(512, 'x') + jpg("b.jpg")) == "f.tar/a.jpg=x f.tar:CORRUPT ");
  CHECK(items(std::string(600, 'x')) == "f.tar:MAGIC ");
  CHECK(items("") == "");
  TarSource missing("/nonexistent/f.tar", {}, image_extensions());
  ImageItem item;
  REQUIRE(missing.next(item));
  CHECK(item.error->code() == ErrorCode::missing);
  CHECK(item.path == "/nonexistent/f.tar");
  CHECK_FALSE(missing.next(item));
}

TEST_CASE("tar source: a member above 256 MiB is one item, and is not held", "[batch][tar]") {
  const TempFolder temp;
  const std::string path = temp.write("f.tar", tar_header({.name = "big.jpg", .size = "02000000001"}, 0));
  std::filesystem::resize_file(path, 512 + (256 << 20) + 512);  // a hole
  std::ofstream(path, std::ios::app | std::ios::binary) << jpg("b.jpg");
  TarSource source(path, {}, image_extensions());
  ImageItem item;
  REQUIRE(source.next(item));
  CHECK(item.path == path + "/big.jpg");
  CHECK(item.error->problem() == "is larger than the limit of 268435456 bytes");
  REQUIRE(source.next(item));
  CHECK(describe(item, temp.path()) == "f.tar/b.jpg=x ");
}

TEST_CASE("tar source: passing over gives the same number of items, also where the archive ends early",
          "[batch][tar]") {
  const TempFolder temp;
  const std::string whole = jpg("a.jpg", std::string(2000, 'a')) + jpg("b.txt") + jpg("c.jpg") + tar_end();
  for (std::size_t size = 0; size < whole.size(); size += 100) {
    const std::string path = temp.write("f.tar", whole.substr(0, size));
    TarSource read(path, {}, image_extensions()), passed(path, {}, image_extensions());
    int items = 0, skipped = 0;
    for (ImageItem item; read.next(item);) ++items;
    for (ImageItem item; passed.next_label(item);) ++skipped;
    CHECK(items == skipped);
  }
}

TEST_CASE("tar: the first bytes decide what is an archive", "[batch][tar]") {
  const TempFolder temp;
  const auto is_archive = [&](const std::string& name, const std::string& bytes) {
    return is_tar_file(temp.write(name, bytes));
  };
  CHECK(is_archive("a.tar", jpg("a")));
  CHECK(is_archive("a.jpg", jpg("BM.jpg")));
  CHECK(is_archive("a", tar_member({"GIF89a.jpg", ""})));
  std::string damaged = jpg("a");
  damaged[0] = 'b';
  CHECK(is_archive("a", damaged));  // becomes CORRUPT
  std::string image = "\x89PNG\r\n\x1a\n" + damaged.substr(8);
  CHECK_FALSE(is_archive("a.tar", image));
  CHECK_FALSE(is_archive("a.tar", "\xff\xd8\xff\xe0"));
  CHECK_FALSE(is_archive("a.tar", "text"));
  for (const char* name : {"a.tar", "a.TAR.GZ", "a.tgz", "a.tar.zst"}) {
    CHECK(is_archive(name, "\x1f\x8b\x08"));
    CHECK(is_archive(name, "\x28\xb5\x2f\xfd"));
    CHECK(is_archive(name, ""));
    CHECK(is_archive(name, std::string(1024, '\0')));
  }
  for (const char* name : {"a.gz", "a.jpg", "tar"}) {
    CHECK_FALSE(is_archive(name, "\x1f\x8b\x08"));
    CHECK_FALSE(is_archive(name, ""));
    CHECK_FALSE(is_archive(name, std::string(1024, '\0')));
  }
  CHECK_FALSE(is_tar_file(temp.path()));
  CHECK_FALSE(is_tar_file(temp / "missing.tar"));
}

TEST_CASE("tar: arguments are opened, list entries only without an image extension, folders with --tar",
          "[batch][tar]") {
  const TempFolder temp;
  const std::string archive = jpg("a.jpg") + tar_end();
  const std::string tar = temp.write("s.tar", archive), named = temp.write("s.jpg", archive),
                    other = temp.write("shard", archive);
  const std::string list = temp.write("list", tar + "\n" + named + "\n" + other + "\n");
  using Paths = std::set<std::string>;
  CHECK(gather({tar, named, other}).archives == Paths{tar, named, other});
  CHECK(gather({}, list).archives == Paths{tar, other});
  CHECK(gather({temp.path()}).archives.empty());
  CHECK(gather({temp.path()}).paths == std::vector{named});
  const ImagePaths walked = gather({temp.path()}, "", true);
  CHECK(walked.archives == Paths{tar});
  CHECK(walked.paths == std::vector{named, tar});
}

TEST_CASE("tar expander: archives among other inputs, in order", "[batch][tar]") {
  const TempFolder temp;
  const std::string tar =
      temp.write("s.tar", jpg("a.jpg", "1") + jpg("x.svg") + jpg("b.jpg", "2") + tar_end());
  const std::vector<std::string> paths = {"first.jpg", tar, "second.jpg", tar};
  std::string all, ended;
  TarExpander source(std::make_unique<ListSource>(paths),
                     {[&](const std::string& path) { return path == tar; }, true}, {},
                     [&](std::int64_t inputs, const UnsupportedImages& unsupported) {
                       ended += (unsupported.folder == tar ? "s.tar=" : "?=") + std::to_string(inputs) + "+" +
                                std::to_string(unsupported.counts.size()) + " ";
                     });
  CHECK_FALSE(source.size());
  CHECK(source.ready());
  for (ImageItem item; source.next(item);) all += describe(item, temp.path());
  CHECK(all == "first.jpg s.tar/a.jpg=1 s.tar/b.jpg=2 second.jpg s.tar/a.jpg=1 s.tar/b.jpg=2 ");
  CHECK(ended == "s.tar=2+1 s.tar=2+1 ");
}

TEST_CASE("tar expander: any mixture of reading and passing over gives the same items", "[batch][tar]") {
  const TempFolder temp;
  const std::string tar =
      temp.write("s.tar", jpg("a.jpg", "1") + jpg("t.txt") + jpg("b.jpg", "2") + jpg("c.jpg"));
  const std::vector<std::string> paths = {"first.jpg", tar, "last.jpg"};
  const std::vector<std::string> expected = {"first.jpg ", "s.tar/a.jpg=1 ", "s.tar/b.jpg=2 ",
                                             "s.tar/c.jpg=x ", "last.jpg "};
  for (unsigned mask = 0; mask < 32; ++mask) {
    TarExpander source(std::make_unique<ListSource>(paths),
                       {[&](const std::string& path) { return path == tar; }, true}, {},
                       [](std::int64_t, const UnsupportedImages&) {});
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ImageItem item;
      if ((mask >> i & 1) == 0) {
        CHECK(source.next_label(item));
      } else {
        REQUIRE(source.next(item));
        CHECK(describe(item, temp.path()) == expected[i]);
      }
    }
    ImageItem item;
    CHECK_FALSE(source.next_label(item));
  }
}
