// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/model/config.h"

namespace sightline {

/// Upper limits of the sizes in a config, whatever program wrote it.
inline constexpr std::int64_t kMaxWidth = 16384;
inline constexpr std::int64_t kMaxMlpWidth = 131072;
inline constexpr std::int64_t kMaxLayers = 256;
inline constexpr std::int64_t kMaxVocabulary = 1LL << 20;
inline constexpr std::int64_t kMaxContext = 4096;
inline constexpr std::int64_t kMaxImage = 4096;
inline constexpr std::int64_t kMaxPatches = 16384;

enum class ChannelValues { any, positive };

/// A section of a config, whose members return the value of a key or a fallback. A null counts as absent.
/// Errors of all members: type (as for Json); range for a value that is not an integer where one is expected,
/// and for a size that is too large.
class Section {
 public:
  /// A section without an object returns the fallback for every key.
  explicit Section(std::optional<Json> object) : object_(object) {}

  std::optional<Json> find(std::string_view key) const;
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                       std::int64_t high) const;
  bool boolean(std::string_view key, bool fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  /// A number above 0. Errors: range.
  double positive(std::string_view key, double fallback) const;
  /// A number between 0 and 1, both excluded, also after rounding to float32. Errors: range.
  double fraction(std::string_view key, double fallback) const;
  /// The side of a square: an integer or a pair of equal integers. Errors: unsupported if they differ.
  std::int64_t side(std::string_view key, std::int64_t fallback) const;
  /// Three numbers, or one for all three channels. Errors: header, range.
  void channels(std::string_view key, ChannelValues accepted, float (&out)[3]) const;
  /// The object under `key`; an empty section if it is absent. Errors: type if it is not an object.
  Section section(std::string_view key) const;

  /// "config.json: text_config.`key`", for messages.
  std::string subject(std::string_view key) const;
  const std::optional<Json>& object() const { return object_; }

 private:
  std::optional<Json> object_;
};

/// int(width * ratio), the width of an MLP. Errors: range, with `subject`.
std::int64_t scaled_width(std::int64_t width, double ratio, std::string_view subject);
/// Checks that the width is a multiple of the number of heads. Errors: range, with `subject`.
void check_heads(const EncoderConfig& config, std::string_view subject);
/// Checks that a patch is not larger than the image. Errors: range, with `subject`.
void check_patch(const ImageTowerConfig& config, std::string_view subject);

/// transformers' name of an activation: "quick_gelu", "gelu" or "gelu_pytorch_tanh".
std::string_view transformers_name(Activation activation);
/// The activation with this name. Errors: unsupported, with `subject`.
Activation activation_of(std::string_view name, std::string_view subject);

/// An integer within [low, high]. Errors: range.
std::int64_t whole_number(const Json& value, std::int64_t low, std::int64_t high);

}  // namespace sightline
