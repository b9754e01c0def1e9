// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/containers/pickle.h"

namespace sightline {

/// A value as it is kept. What it holds stands in a chain of links, so that a container costs no memory of
/// its own.
struct PickleNode {
  PickleKind kind = PickleKind::none;
  PickleUse use = PickleUse::refused;  ///< of a global
  std::uint8_t depth = 0;              ///< 0 for what holds nothing
  bool is_ordered = false;             ///< a dict that was an OrderedDict, which may have a state
  bool is_held = false;                ///< by another value, and can no longer change
  bool is_in_place = false;            ///< a factory that a defaultdict has
  std::uint32_t count = 0;             ///< children; bytes of a text
  std::uint32_t first = 0;             ///< link; offset of a text in the pickle
  std::uint32_t last = 0;              ///< link
  std::int64_t number = 0;             ///< integer, boolean, or the bits of a real
};

/// The values of a pickle, each by its index, so that a value which stands in many places costs nothing
/// there.
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
  /// Puts `child` behind the children of `parent`. What is held cannot change: no value can come to hold
  /// itself, and a depth once computed stays right. Errors: header, limit.
  void append(std::uint32_t parent, std::uint32_t child);
};

/// Runs the pickle's operations. Errors: as `PickleDocument`.
PickleTree interpret_pickle(ByteView bytes, std::string_view subject, const PickleRules& rules);

}  // namespace sightline
