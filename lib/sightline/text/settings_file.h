// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "sightline/containers/json.h"

namespace sightline {

/// One of the JSON files that accompany a vocabulary. A missing file ("" as its text) has no keys. Integers
/// of more than 18 digits keep their first 18 digits: a tokenizer without a limit has a model_max_length of
/// 10^30.
class SettingsFile {
 public:
  /// Errors: header if it is not a JSON object, and those of JsonDocument.
  SettingsFile(std::string_view text, std::string_view name);

  /// The value of `key`, including null; nullopt if the file does not have the key.
  std::optional<Json> find(std::string_view key) const;
  /// The same, with null counted as absent.
  std::optional<Json> find_value(std::string_view key) const;
  /// The object that the file contains; nullopt without a file.
  std::optional<Json> root() const { return document_ ? std::optional(document_->root()) : std::nullopt; }

 private:
  std::optional<JsonDocument> document_;
};

}  // namespace sightline
