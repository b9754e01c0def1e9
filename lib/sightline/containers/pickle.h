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

/// The kind of a pickle value. `big_integer`: an integer of more than 64 bits, whose digits are not kept.
/// `bytes`: bytes or a bytearray, whose content is not kept. `call`: a function and its arguments, not
/// executed. `record`: an object of a named class and its state. `persistent`: a reference to an object
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
  unsupported,   ///< nothing: harmless, but not supported
  name,          ///< use it as a value
  callable,      ///< call it, which yields a `call` value and runs nothing
  record,        ///< use it as the class of a `record`
  ordered_dict,  ///< call it without arguments, which yields an empty dict; with arguments, a `call`
  default_dict,  ///< call it with no argument, None or a `factory`, which yields an empty dict
  latin1,        ///< call it with a string and 'latin1' or without arguments, which yields `bytes`
  factory,       ///< pass it to a `default_dict`, and nothing else
};

/// Which globals and persistent ids a pickle may contain.
struct PickleRules {
  FunctionRef<PickleUse(std::string_view module, std::string_view name)> use;
  std::string_view persistent_tag;  ///< first element required of the tuple of a persistent id
};

class PickleDocument;
struct PickleTree;

/// One value. Cheap to copy; valid as long as its document and the bytes that it was parsed from. No value
/// contains itself, and the nesting depth is at most 64.
class PickleValue {
 public:
  PickleKind kind() const;
  bool is(PickleKind kind) const { return this->kind() == kind; }

  /// Errors of the accessors: header if the value is of another kind; range for an integer of more than 64
  /// bits.
  std::int64_t as_integer() const;
  bool as_boolean() const;
  std::string_view as_text() const;
  /// Number of items of a tuple or list, or of pairs of a dict; 0 for all other values.
  std::int64_t size() const;
  /// An item of a tuple or list. Linear in `index`. Errors: also header if there is no such item.
  PickleValue item(std::int64_t index) const;
  void for_each_item(FunctionRef<void(const PickleValue& item)> visit) const;
  /// Visits the pairs of a dict in the order of the pickle; a key may occur more than once.
  void for_each_pair(FunctionRef<void(const PickleValue& key, const PickleValue& value)> visit) const;
  /// Name of a global: "torch._utils", "_rebuild_tensor_v2".
  std::string_view module() const;
  std::string_view name() const;
  /// Function (a global) and arguments (a tuple) of a call.
  PickleValue function() const;
  PickleValue arguments() const;
  /// State of a record that has one.
  std::optional<PickleValue> state() const;
  /// Tuple of a persistent id.
  PickleValue id() const;

 private:
  friend class PickleDocument;
  PickleValue(const PickleTree* tree, std::uint32_t node) : tree_(tree), node_(node) {}
  void expect(bool right, std::string_view kind) const;
  PickleValue child(std::int64_t index) const;

  const PickleTree* tree_;
  std::uint32_t node_;
};

/// A pickle interpreted as data. Nothing is imported and nothing is called: of the language, only the 48
/// operations that PyTorch writes are supported, and only the globals that the rules allow. Source: CPython's
/// pickletools.py. Thread-safety: const = safe to share.
class PickleDocument {
 public:
  /// `bytes` must outlive the document; `subject` is the name for messages. Errors: unsafe (a forbidden
  /// operation, global or persistent id, or data after the end); unsupported; header (missing or wrong
  /// operands, a value that would contain itself); truncated; utf8; limit (64 MiB, 10 million operations, a
  /// million values or memo slots, nesting depth of 64).
  PickleDocument(ByteView bytes, std::string_view subject, const PickleRules& rules);
  ~PickleDocument();
  PickleDocument(PickleDocument&&) noexcept;
  PickleDocument& operator=(PickleDocument&&) noexcept;

  PickleValue root() const;

 private:
  std::unique_ptr<PickleTree> tree_;
};

}  // namespace sightline
