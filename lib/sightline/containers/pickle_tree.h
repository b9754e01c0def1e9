// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/containers/pickle.h"

namespace sightline {

/// A stored value. Its children form a chain of links, so that a container needs no allocation of its own.
struct PickleNode {
  PickleKind kind = PickleKind::none;
  PickleUse use = PickleUse::refused;  ///< use of a global
  std::uint8_t depth = 0;              ///< depth; 0 for a value without children
  bool is_ordered = false;             ///< a dict that was an OrderedDict, which may have a state
  bool is_contained = false;           ///< contained in another value, and therefore immutable
  bool is_in_place = false;            ///< a factory that a defaultdict uses
  std::uint32_t count = 0;             ///< number of children; bytes of a text
  std::uint32_t first = 0;             ///< first link; offset of a text in the pickle
  std::uint32_t last = 0;              ///< last link
  std::int64_t number = 0;             ///< integer, boolean, or the bits of a float
};

/// The values of a pickle, each identified by its index, so that a value that is shared many times is stored
/// once.
struct PickleTree {
  struct Link {
    std::uint32_t value = 0;
    std::uint32_t next = 0;
  };

  std::string subject;
  ByteView bytes;
  std::vector<PickleNode> nodes;
  std::vector<Link> links;
  std::uint32_t root = 0;

  /// Errors: limit.
  std::uint32_t add(const PickleNode& node);
  /// Appends `child` to the children of `parent`. Contained values are immutable, so no value can come to
  /// contain itself and computed depths stay valid. Errors: header, limit.
  void append(std::uint32_t parent, std::uint32_t child);
};

/// Runs the operations of the pickle. Errors: as `PickleDocument`.
PickleTree interpret_pickle(ByteView bytes, std::string_view subject, const PickleRules& rules);

}  // namespace sightline
