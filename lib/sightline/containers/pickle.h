// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/base/function_ref.h"

namespace sightline {

/// What a value of a pickle is. `big_integer`: one of more than 64 bits, whose digits nobody needs. `bytes`:
/// bytes or a bytearray, whose content nobody needs. `call`: a function and its arguments, as
/// they stand there. `record`: an object of a named class and its state. `persistent`: an id of something
/// outside the pickle.
enum class PickleKind {
  none,
  boolean,
  integer,
  big_integer,
  real,
  text,
  bytes,
  set,
  tuple,
  list,
  dict,
  global,
  call,
  record,
  persistent
};

/// What a pickle may do with a global that it names.
enum class PickleUse {
  refused,       ///< nothing: unsafe
  unsupported,   ///< nothing: harmless, but not built
  name,          ///< stand as a value
  callable,      ///< be called, which yields a `call` and runs nothing
  record,        ///< be the class of a `record`
  ordered_dict,  ///< be called without arguments, which yields an empty dict; with some, a `call`
  default_dict,  ///< be called with nothing, None or a `factory`, which yields an empty dict
  latin1,        ///< be called with a text and 'latin1' or with nothing, which yields `bytes`
  factory,       ///< stand in the arguments of a `default_dict`, and nowhere else
};

/// What a pickle may hold.
struct PickleRules {
  FunctionRef<PickleUse(std::string_view module, std::string_view name)> use;
  std::string_view persistent_tag;  ///< text at the head of the tuple that a persistent id must be
};

class PickleDocument;
struct PickleTree;

/// One value. Cheap to copy; valid as long as its document and the bytes that it was read from. No value
/// holds itself, and none nests deeper than 64.
class PickleValue {
 public:
  PickleKind kind() const;
  bool is(PickleKind kind) const { return this->kind() == kind; }

  /// Errors of the accessors: header when the value is of another kind; range for an integer of more than
  /// 64 bits.
  std::int64_t as_integer() const;
  bool as_boolean() const;
  std::string_view as_text() const;
  /// Items of a tuple or list, pairs of a dict; 0 for everything else.
  std::int64_t size() const;
  /// Of a tuple or list. Linear in `index`. Errors: also header when there is none.
  PickleValue item(std::int64_t index) const;
  void for_each_item(FunctionRef<void(const PickleValue& item)> visit) const;
  /// Of a dict, in the order of the pickle; a key may come twice.
  void for_each_pair(FunctionRef<void(const PickleValue& key, const PickleValue& value)> visit) const;
  /// Of a global: "torch._utils", "_rebuild_tensor_v2".
  std::string_view module() const;
  std::string_view name() const;
  /// Of a call: a global and a tuple.
  PickleValue function() const;
  PickleValue arguments() const;
  /// Of a record that has one.
  std::optional<PickleValue> state() const;
  /// Of a persistent id: a tuple.
  PickleValue id() const;

 private:
  friend class PickleDocument;
  PickleValue(const PickleTree* tree, std::uint32_t node) : tree_(tree), node_(node) {}
  void expect(bool right, std::string_view kind) const;
  PickleValue child(std::int64_t index) const;

  const PickleTree* tree_;
  std::uint32_t node_;
};

/// A pickle interpreted into data. Nothing is imported and nothing is called: of the language, only what
/// PyTorch writes is understood (48 operations), and of the globals only what the rules allow. Source:
/// CPython's pickletools.py. Thread-safety: const = safe to share.
class PickleDocument {
 public:
  /// `bytes` must outlive the document; `subject` is their name for messages. Errors: unsafe (an operation, a
  /// global or a persistent id that is not allowed, anything behind the end); unsupported; header (operands
  /// that are missing or of the wrong kind, a value that would hold itself); truncated; utf8; limit (64 MiB,
  /// 10 million operations, a million values or memo slots, nesting of 64).
  PickleDocument(ByteView bytes, std::string_view subject, const PickleRules& rules);
  ~PickleDocument();
  PickleDocument(PickleDocument&&) noexcept;
  PickleDocument& operator=(PickleDocument&&) noexcept;

  PickleValue root() const;

 private:
  std::unique_ptr<PickleTree> tree_;
};

}  // namespace sightline
