// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/base/function_ref.h"

namespace sightline {

/// What a text may hold at most. The defaults fit every file of a model folder with room to spare.
struct JsonLimits {
  std::int64_t max_bytes = 64LL << 20;
  std::int64_t max_values = 4'000'000;  ///< scalars, arrays and objects together
  int max_depth = 64;                   ///< of arrays and objects in each other
};

class JsonDocument;
struct JsonTree;

/// One value of a parsed document. Cheap to copy; valid as long as its `JsonDocument`. Numbers, strings and
/// lookups of the wrong kind raise errors that carry the path of the value ("text_config.hidden_size: ...").
class Json {
 public:
  bool is_null() const;
  bool is_bool() const;
  bool is_number() const;
  /// A number written without fraction or exponent that fits 64 bits.
  bool is_integer() const;
  bool is_string() const;
  bool is_array() const;
  bool is_object() const;

  /// Errors of the four: type. `as_integer` also range, when outside [low, high].
  bool as_bool() const;
  std::int64_t as_integer(std::int64_t low = INT64_MIN, std::int64_t high = INT64_MAX) const;
  double as_double() const;
  /// Valid as long as the document.
  std::string_view as_string() const;

  /// The member `key`, or nothing when it is absent (a null member is there). Linear in the number of
  /// members. Errors: type when not an object.
  std::optional<Json> find(std::string_view key) const;
  /// Errors: missing.
  Json at(std::string_view key) const;
  /// Elements of an array or members of an object; 0 for everything else.
  std::int64_t size() const;
  /// In the order of the text. `key` is valid as long as the document. Errors: type when not an object, an
  /// array.
  void for_each_member(FunctionRef<void(std::string_view key, const Json& value)> visit) const;
  void for_each_element(FunctionRef<void(const Json& value)> visit) const;

  /// "file.json: a.b[3]", for messages. Made when asked for.
  std::string path() const;

 private:
  friend class JsonDocument;
  Json(const JsonTree* tree, std::uint32_t node, std::uint32_t element = 0)
      : tree_(tree), node_(node), element_(element) {}
  void expect(bool right, std::string_view kind) const;

  const JsonTree* tree_;
  std::uint32_t node_;
  std::uint32_t element_;  ///< 0, or the number, from 1, of an element that has no node of its own
};

/// A parsed JSON text. Strict: no BOM, no second document, no NaN, no duplicate key in any object, bounded
/// depth. Thread-safety: const = safe to share.
class JsonDocument {
 public:
  /// `subject` is the file's name for messages. The text is not needed afterwards.
  /// Errors: header (not JSON, or deeper than the limit), utf8, duplicate (with the path of the key), range
  /// (a number that no double or 64-bit integer holds), limit (bytes or values).
  JsonDocument(std::string_view text, std::string_view subject, JsonLimits limits = {});
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;

  Json root() const;

 private:
  std::unique_ptr<JsonTree> tree_;
};

}  // namespace sightline
