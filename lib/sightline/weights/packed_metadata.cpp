// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/packed_metadata.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <system_error>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/hash.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/weights/fingerprint.h"

namespace sightline {
namespace {

constexpr std::string_view kExtension = ".sightline";
constexpr std::string_view kMetadata = "__metadata__";
constexpr std::string_view kMark = R"({"__metadata__":{"format":"sightline",)";
constexpr std::string_view kVersionKey = "version", kLayoutKey = "layout", kPrecisionKey = "precision",
                           kProgramKey = "program", kSourceKey = "source", kCosineKey = "self_check.cosine";

constexpr std::size_t kLengthBytes = 8;
static_assert(kLengthBytes + kMark.size() <= kPackedHeadBytes);

std::string subject_of(std::string_view key) { return std::string(kMetadata).append(".").append(key); }

const std::string& value_of(const std::map<std::string, std::string>& metadata, std::string_view key) {
  const auto at = metadata.find(std::string(key));
  if (at == metadata.end()) fail(ErrorCode::header, kMetadata, "has no '" + std::string(key) + "'");
  return at->second;
}

void check_value(const std::map<std::string, std::string>& metadata, std::string_view key,
                 std::string_view expected) {
  const std::string& value = value_of(metadata, key);
  if (value == expected) return;
  fail(ErrorCode::unsupported, subject_of(key),
       "is '" + value + "', but this program reads '" + std::string(expected) + "'");
}

std::string hash_of(const std::map<std::string, std::string>& metadata, std::string_view key) {
  const std::string& value = value_of(metadata, key);
  if (!is_hash128(value)) fail(ErrorCode::header, subject_of(key), "is not a hash of 32 hexadecimal digits");
  return value;
}

double cosine_of(const std::map<std::string, std::string>& metadata, const PackedPrecision& precision) {
  if (!precision.quantized()) return 1;
  const std::string& text = value_of(metadata, kCosineKey);
  double cosine = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cosine);
  if (error != std::errc() || end != text.data() + text.size())
    fail(ErrorCode::header, subject_of(kCosineKey), "is '" + printable(text) + "', expected a number");
  if (!(cosine >= -1 && cosine <= 1))
    fail(ErrorCode::range, subject_of(kCosineKey), "is " + printable(text) + ", expected -1 to 1");
  return cosine;
}

}  // namespace

std::string packed_metadata_json(const PackedMetadata& metadata) {
  std::string json(kMark.substr(kMark.rfind(":{") + 1));
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!json.ends_with(',')) json += ',';
    append_json_string(json, key);
    json += ':';
    append_json_string(json, value);
  };
  add(kVersionKey, kPackedVersion);
  add(kLayoutKey, kPackedLayout);
  add(kPrecisionKey, metadata.precision->name);
  add(kProgramKey, metadata.program);
  add(kSourceKey, metadata.source);
  add(kModelFingerprintKey, metadata.model_fingerprint);
  add(kValuesFingerprintKey, metadata.values_fingerprint);
  if (metadata.precision->quantized()) {
    std::string cosine;
    append_double(cosine, metadata.cosine);
    add(kCosineKey, cosine);
  }
  return json + "}";
}

void check_packed_version(const std::map<std::string, std::string>& metadata) {
  check_value(metadata, kVersionKey, kPackedVersion);
}

PackedMetadata read_packed_metadata(const std::map<std::string, std::string>& metadata) {
  check_value(metadata, kLayoutKey, kPackedLayout);
  const PackedPrecision& precision =
      packed_precision(value_of(metadata, kPrecisionKey), subject_of(kPrecisionKey));
  return {.precision = &precision,
          .program = value_of(metadata, kProgramKey),
          .source = value_of(metadata, kSourceKey),
          .model_fingerprint = hash_of(metadata, kModelFingerprintKey),
          .values_fingerprint = hash_of(metadata, kValuesFingerprintKey),
          .cosine = cosine_of(metadata, precision)};
}

bool is_packed_model(ByteView head) {
  return head.size() > kLengthBytes && as_text(head.subspan(kLengthBytes)).starts_with(kMark);
}

bool is_packed_model(const std::string& path) {
  if (is_directory(path) || !file_exists(path)) return false;
  if (path.ends_with(kExtension)) return true;
  try {
    const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
    return is_packed_model(file->bytes().first(std::min(file->bytes().size(), kPackedHeadBytes)));
  } catch (const Error&) {
    return false;  // opening it as another format reports the reason
  }
}

PackedOrigin origin_of_packed_model(const std::string& path) {
  constexpr std::size_t kMaxHeaderBytes = 16 << 20;
  try {
    const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
    const ByteView bytes = file->bytes();
    if (!is_packed_model(bytes.first(std::min(bytes.size(), kPackedHeadBytes)))) return {};
    const auto length = load_le<std::uint64_t>(bytes, 0, path);
    if (length > kMaxHeaderBytes || length > bytes.size() - kLengthBytes) return {};
    const JsonDocument header(as_text(bytes.subspan(kLengthBytes, static_cast<std::size_t>(length))), path);
    const auto metadata = header.root().at(kMetadata);
    return {std::string(metadata.at(kSourceKey).as_string()),
            std::string(metadata.at(kPrecisionKey).as_string())};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace sightline
