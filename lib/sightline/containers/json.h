// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/base/function_ref.h"

namespace sightline {

/// Limits for a document. The defaults are generous for every file of a model folder.
struct JsonLimits {
  std::int64_t max_bytes = 64LL << 20;
  std::int64_t max_values = 4'000'000;  ///< scalars, arrays and objects together
  int max_depth = 64;                   ///< nesting depth of arrays and objects
};

class JsonDocument;
struct JsonTree;

/// One value of a parsed document. Cheap to copy; valid as long as its `JsonDocument`. Accessors for the
/// wrong type raise errors that include the path of the value ("text_config.hidden_size: ...").
class Json {
 public:
  bool is_null() const;
  bool is_bool() const;
  bool is_number() const;
  /// Whether it is a number without fraction or exponent that fits in 64 bits.
  bool is_integer() const;
  bool is_string() const;
  bool is_array() const;
  bool is_object() const;

  /// Errors of the four accessors: type. `as_integer` also raises range if the value is outside [low, high].
  bool as_bool() const;
  std::int64_t as_integer(std::int64_t low = INT64_MIN, std::int64_t high = INT64_MAX) const;
  double as_double() const;
  /// Valid as long as the document.
  std::string_view as_string() const;

  /// The member `key`, or nothing if it is absent; a null member counts as present. Linear in the number of
  /// members. Errors: type if this is not an object.
  std::optional<Json> find(std::string_view key) const;
  /// Errors: missing.
  Json at(std::string_view key) const;
  /// Number of elements of an array or members of an object; 0 for all other values.
  std::int64_t size() const;
  /// Visits members or elements in document order. `key` is valid as long as the document. Errors: type if
  /// this is not an object or array.
  void for_each_member(FunctionRef<void(std::string_view key, const Json& value)> visit) const;
  void for_each_element(FunctionRef<void(const Json& value)> visit) const;

  /// "file.json: a.b[3]", for messages. Computed on demand.
  std::string path() const;

 private:
  friend class JsonDocument;
  Json(const JsonTree* tree, std::uint32_t node, std::uint32_t element = 0)
      : tree_(tree), node_(node), element_(element) {}
  void expect(bool right, std::string_view kind) const;

  const JsonTree* tree_;
  std::uint32_t node_;
  std::uint32_t element_;  ///< 0, or the number (from 1) of an element without its own node
};

/// A parsed JSON text. The parser is strict: no BOM, no second document, no NaN, no duplicate key in any
/// object, bounded depth. Thread-safety: const = safe to share.
class JsonDocument {
 public:
  /// `subject` is the name of the file for messages. The text is not needed after construction.
  /// Errors: header (not JSON, or nested too deeply), utf8, duplicate (with the path of the key), range (a
  /// number that fits neither a double nor a 64-bit integer), limit (bytes or values).
  JsonDocument(std::string_view text, std::string_view subject, JsonLimits limits = {});
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;

  Json root() const;

 private:
  std::unique_ptr<JsonTree> tree_;
};

/// The text of the member `key` of an object, exactly as written, without the white space around it. `text`
/// must have been accepted by JsonDocument. Empty if it is not an object or has no such member; a key that is
/// written with escapes is not found.
std::string_view member_text(std::string_view text, std::string_view key);

}  // namespace sightline
