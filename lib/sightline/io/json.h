#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/base/function_ref.h"

namespace sightline {

struct JsonLimits {
  std::int64_t max_bytes = 64LL << 20;
  int max_depth = 64;
};

class JsonDocument;

/// One value of a parsed document. Cheap to copy; valid as long as its `JsonDocument`. Numbers, strings and lookups of
/// the wrong kind raise errors that carry the path of the value ("text_config.hidden_size: ...").
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
  std::string_view as_string() const;

  /// The member `key`, or nothing when it is absent (a null member is there). Errors: type when not an object.
  std::optional<Json> find(std::string_view key) const;
  /// Errors: missing.
  Json at(std::string_view key) const;
  /// Elements of an array or members of an object.
  std::int64_t size() const;
  void for_each_member(FunctionRef<void(std::string_view key, const Json& value)> visit) const;
  void for_each_element(FunctionRef<void(const Json& value)> visit) const;

  /// "file.json: a.b[3]", for messages.
  const std::string& path() const { return path_; }

 private:
  friend class JsonDocument;
  Json() = default;
  alignas(8) unsigned char handle_[16];  ///< the parser's own handle, opaque here
  std::string path_;
};

/// A parsed JSON text. Strict: no BOM, no second document, no NaN, no duplicate key in any object, bounded depth.
class JsonDocument {
 public:
  /// `subject` is the file's name for messages.
  /// Errors: header (not JSON), utf8, duplicate, limit.
  JsonDocument(std::string_view text, std::string_view subject, JsonLimits limits = {});
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;

  Json root() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sightline
