// SPDX-License-Identifier: Apache-2.0
#include "batch/shard_source.h"

#include <string>
#include <vector>

#include "batch/image_shard.h"
#include "batch/list_source.h"
#include "support/catch.h"
#include "support/tar_bytes.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using namespace sightline::testing;

namespace {

/// Items 0 to `count` - 1, and how many of them were read.
class Items : public ImageSource {
 public:
  Items(std::int64_t count, std::int64_t& read) : count_(count), read_(read) {}
  bool next(ImageItem& item) override {
    if (!next_label(item)) return false;
    ++read_;
    return true;
  }
  bool next_label(ImageItem& item) override {
    if (next_ == count_) return false;
    item = {.path = std::to_string(next_++)};
    return true;
  }

 private:
  std::int64_t count_, next_ = 0;
  std::int64_t& read_;
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("shard source: has the inputs of the shard, reads no others and counts all", "[batch]") {
  for (std::int64_t count = 0; count <= 9; ++count) {
    for (const Shard shard : {Shard{1, 1}, Shard{1, 3}, Shard{2, 3}, Shard{3, 3}, Shard{7, 7}}) {
      std::int64_t read = 0;
      ShardSource source(std::make_unique<Items>(count, read), shard);
      CHECK_FALSE(source.size());
      Paths expected, found;
      ListHash labels;
      for (std::int64_t i = 0; i < count; ++i) {
        labels.add(std::to_string(i));
        if (shard.contains(i)) expected.push_back(std::to_string(i));
      }
      ImageItem item;
      for (bool label = false; label ? source.next_label(item) : source.next(item); label = !label) {
        CHECK_FALSE(source.inputs());
        found.push_back(item.path);
      }
      CHECK(found == expected);
      CHECK(read == (std::ssize(expected) + 1) / 2);
      CHECK(source.inputs() == count);
      CHECK_FALSE(source.next(item));
      CHECK(source.inputs() == count);
      CHECK(source.labels() == labels.hex());
    }
  }
}

TEST_CASE("image shard: archives stay whole if there are enough and nothing else", "[batch][tar]") {
  const TempFolder temp;
  ImagePaths archives;
  for (const char* name : {"a.tar", "b.tar", "c.tar"}) {
    archives.paths.push_back(temp.write(name, tar_member({"x.jpg"}, "x") + tar_end()));
    archives.archives.insert(archives.paths.back());
  }
  archives.unsupported.push_back({"folder", {{".svg", 1}}});
  const auto divide = [](const Shard& shard, ImagePaths& inputs) {
    const ImageShard divided(shard, inputs);
    return divided.describe({}).shard->archives.has_value();
  };
  ImagePaths inputs = archives;
  CHECK(divide({2, 3}, inputs));
  CHECK(inputs.paths == Paths{archives.paths[1]});
  CHECK(inputs.unsupported.empty());
  inputs = archives;
  CHECK_FALSE(divide({1, 4}, inputs));
  CHECK(inputs.paths == archives.paths);
  CHECK(inputs.unsupported.size() == 1);
  inputs = archives;
  inputs.paths.emplace_back("photo.jpg");
  CHECK_FALSE(divide({2, 3}, inputs));
  CHECK(std::ssize(inputs.paths) == 4);
  inputs = {{"1.jpg", "2.jpg", "3.jpg"}, {}, {}};
  const ImageShard files(Shard{1, 2}, inputs);
  CHECK(inputs.paths == Paths{"1.jpg", "3.jpg"});
  CHECK(files.describe({}).shard->own_inputs() == 2);
  CHECK(files.describe({}).shard->labels == files.describe({}).shard->list);
  CHECK(files.may_be_empty());
}
