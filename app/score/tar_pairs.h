// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "score/pair_source.h"
#include "sightline/containers/tar.h"

namespace sightline::app {

/// The pairs of a tar archive in the layout of WebDataset: the image k.jpg and the caption k.txt, which stand
/// next to each other in any order. Their key k is the path up to the first dot of the file name. Members of
/// other kinds and hidden ones are passed over. A key without an image or a caption, or with several, is a
/// refused pair. The caption is the whole text without its last line end and a byte order mark. A damaged or
/// truncated archive ends with a refused pair.
class TarPairs : public PairSource {
 public:
  /// `path` is the name of the archive for labels.
  TarPairs(std::string path, std::unique_ptr<BufferedStream> stream, InvalidUtf8 invalid_utf8);

  bool next(Pair& pair) override;
  bool ready(std::chrono::milliseconds /*patience*/) override { return true; }
  std::optional<std::int64_t> size() const override { return std::nullopt; }
  std::string hint() const override;

 private:
  /// The members of a key so far.
  struct Group {
    std::string key;
    int images = 0, captions = 0;
    ImageItem image;  ///< the first of each
    Caption caption;
  };

  bool read_member(TarMember& member);
  void add(const TarMember& member);
  void read_image(const TarMember& member);
  void read_caption(const TarMember& member);
  bool take_group(Pair& pair);
  void note_lone(const Group& group);
  std::string label(const std::string& name) const { return path_ + "/" + name; }

  std::string path_;
  InvalidUtf8 invalid_utf8_;
  TarReader reader_;
  Group group_;
  std::optional<Error> error_;  ///< of the archive, which ends there
  bool ended_ = false;
  std::unordered_map<std::string, bool> lone_;  ///< some keys with one part, and whether that is an image
  std::string separated_;                       ///< a key whose image and caption are not next to each other
};

}  // namespace sightline::app
