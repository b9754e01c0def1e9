// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/model/config.h"

namespace sightline {

/// What a config may hold at most, whatever program wrote it.
inline constexpr std::int64_t kMaxWidth = 16384;
inline constexpr std::int64_t kMaxMlpWidth = 131072;
inline constexpr std::int64_t kMaxLayers = 256;
inline constexpr std::int64_t kMaxVocabulary = 1LL << 20;
inline constexpr std::int64_t kMaxContext = 4096;
inline constexpr std::int64_t kMaxImage = 4096;

enum class ChannelValues { any, positive };

/// A section of a config: the value of a key in the object that counts, or a default. A null counts as
/// absent. Errors of all: those of Json (type); what is no whole number is out of range, like a size that is
/// too large.
class Section {
 public:
  /// Without an object every value is its default.
  explicit Section(std::optional<Json> object) : object_(std::move(object)) {}

  std::optional<Json> find(std::string_view key) const;
  std::int64_t integer(std::string_view key, std::int64_t otherwise, std::int64_t low,
                       std::int64_t high) const;
  bool boolean(std::string_view key, bool otherwise) const;
  std::string text(std::string_view key, std::string_view otherwise) const;
  /// A number above 0. Errors: range.
  double positive(std::string_view key, double otherwise) const;
  /// A number between 0 and 1, both excluded, as float32 too. Errors: range.
  double fraction(std::string_view key, double otherwise) const;
  /// The side of a square: an integer, or a pair of equal ones. Errors: unsupported when it is no square.
  std::int64_t side(std::string_view key, std::int64_t otherwise) const;
  /// Three numbers, or one for all three. Errors: header, range.
  void channels(std::string_view key, ChannelValues accepted, float (&out)[3]) const;
  /// The object under `key`; an empty section when it is absent. Errors: type when it is something else.
  Section section(std::string_view key) const;

  /// "config.json: text_config.`key`", for messages.
  std::string subject(std::string_view key) const;
  const std::optional<Json>& object() const { return object_; }

 private:
  std::optional<Json> object_;
};

/// Errors: range, with `subject`, when the heads do not divide the width, or are none.
void check_heads(const EncoderConfig& config, std::string_view subject);
/// Errors: range, with `subject`, when the patch is larger than the image.
void check_patch(const CLIPVisionConfig& config, std::string_view subject);

/// "quick_gelu" or "gelu". Errors: unsupported, with `subject`.
Activation activation_of(std::string_view name, std::string_view subject);

/// A whole number in a range. Errors: range.
std::int64_t whole_number(const Json& value, std::int64_t low, std::int64_t high);

}  // namespace sightline
