// SPDX-License-Identifier: Apache-2.0
#include "batch/stream_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "batch/list_source.h"
#include "sightline/files/descriptor.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using sightline::testing::TempFolder;
using std::chrono::milliseconds;
using Paths = std::vector<std::string>;

namespace {

/// A StreamSource of a FIFO and the other end of the FIFO.
struct Stream {
  explicit Stream(const Paths& first = {}, bool stdin_is_free = true) {
    const std::string fifo = folder / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    InputOptions options;
    options.list = fifo;
    source.emplace(options, first, stdin_is_free,
                   [this](const UnsupportedImages& of) { unsupported.push_back(of.counts.begin()->first); });
    writer = Descriptor(::open(fifo.c_str(), O_WRONLY));
  }
  void write(std::string_view text) const {
    REQUIRE(::write(writer.get(), text.data(), text.size()) == std::ssize(text));
  }
  /// The items that are available now.
  Paths available() {
    Paths paths;
    ImageItem item;
    while (source->ready() && source->next(item)) paths.push_back(item.path);
    return paths;
  }

  TempFolder folder;
  Paths unsupported;
  std::optional<StreamSource> source;
  Descriptor writer;
};

}  // namespace

TEST_CASE("list source: items in order, with a known size", "[app]") {
  const Paths paths{"a", "b", "c"};
  ListSource source(paths);
  CHECK(source.size() == 3);
  CHECK(source.ready());
  ImageItem item;
  CHECK(source.next(item));
  CHECK(item.path == "a");
  CHECK(source.next_label(item));
  CHECK(source.next(item));
  CHECK(item.path == "c");
  CHECK_FALSE(item.bytes);
  CHECK_FALSE(item.error);
  CHECK_FALSE(source.next(item));
  CHECK_FALSE(source.next_label(item));
}

TEST_CASE("stream source: entries are items as soon as they arrive", "[app]") {
  Stream stream({"first"});
  CHECK_FALSE(stream.source->size());
  CHECK(stream.available() == Paths{"first"});
  CHECK_FALSE(stream.source->ready(milliseconds(5)));
  stream.write("a.png\n\nb.p");
  CHECK(stream.available() == Paths{"a.png"});
  stream.write("ng\nlast");
  CHECK(stream.available() == Paths{"b.png"});
  stream.writer.reset();
  CHECK(stream.available() == Paths{"last"});
  ImageItem item;
  CHECK(stream.source->ready());
  CHECK_FALSE(stream.source->next(item));
  CHECK_FALSE(stream.source->next(item));
}

TEST_CASE("stream source: a folder gives the images below it", "[app]") {
  Stream stream;
  const std::string photos = stream.folder / "photos";
  std::filesystem::create_directories(photos + "/b");
  for (const char* name : {"photos/c.png", "photos/b/a.jpg", "photos/a.svg", "photos/note.txt"})
    stream.folder.write(name, "x");
  stream.write("x.png\n" + photos + "\ny.png\n");
  CHECK(stream.available() == Paths{"x.png", photos + "/b/a.jpg", photos + "/c.png", "y.png"});
  CHECK(stream.unsupported == Paths{".svg"});
}

TEST_CASE("stream source: stdin may be an image once, if it is free", "[app][error]") {
  Stream stream;
  stream.write("-\n-\n");
  ImageItem item;
  CHECK(stream.source->next(item));
  CHECK(item.path == "-");
  CHECK_THROWS_WITH(stream.source->next(item), "stdin can be read only once");
  Stream taken({}, false);
  taken.write("-\n");
  CHECK_THROWS_WITH(taken.source->next(item), "stdin can be read only once");
}
