// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/info_file.h"

#include <cmath>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/hash.h"
#include "sightline/containers/json.h"
#include "sightline/embeddings/companion_path.h"
#include "sightline/embeddings/row_check.h"

namespace sightline {
namespace {

constexpr std::string_view kFormat = "sightline-embeddings";
constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kMaxInfoBytes = 64 << 20;  // the file includes the templates in full

void append_member(std::string& out, std::string_view key, std::string_view text) {
  append_json_string(out, key);
  out += ':';
  append_json_string(out, text);
}

void append_optional(std::string& out, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  out += ',';
  append_member(out, key, text);
}

void append_flag(std::string& out, std::string_view key, std::optional<bool> value) {
  if (!value) return;
  out += ',';
  append_json_string(out, key);
  out += *value ? ":true" : ":false";
}

void append_shard(std::string& out, const ShardInfo& info) {
  out += ",\"shard\":{\"index\":" + std::to_string(info.shard.index) +
         ",\"count\":" + std::to_string(info.shard.count) + ",";
  append_member(out, "list", info.list);
  append_optional(out, "labels", info.labels);
  if (!info.archives) {
    out += ",\"inputs\":" + std::to_string(info.inputs) + "}";
    return;
  }
  out += ",\"archives\":" + std::to_string(info.archives->count) + ",\"inputs_of_archives\":[";
  for (const std::int64_t inputs : info.archives->inputs) {
    if (!out.ends_with('[')) out += ',';
    out += std::to_string(inputs);
  }
  out += "]}";
}

std::string text_of(const Json& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

[[noreturn]] void fail_value(const Json& value, std::string_view expected) {
  fail(ErrorCode::header, value.path(),
       "is '" + printable(value.as_string()) + "', expected " + std::string(expected));
}

void check_format(const Json& root) {
  const Json format = root.at("format");
  if (format.as_string() != kFormat) fail_value(format, "'" + std::string(kFormat) + "'");
  const Json version = root.at("version");
  if (version.as_integer() != kVersion) {
    fail(ErrorCode::header, version.path(),
         "is " + std::to_string(version.as_integer()) + ", expected version 1");
  }
}

Modality modality_of(const Json& value) {
  for (const Modality modality : {Modality::image, Modality::text}) {
    if (value.as_string() == modality_name(modality)) return modality;
  }
  fail_value(value, "'image' or 'text'");
}

std::string hash_of(const Json& value) {
  if (!is_hash128(value.as_string())) fail_value(value, "32 hexadecimal digits");
  return std::string(value.as_string());
}

std::optional<bool> flag_of(const Json& object, std::string_view key) {
  const std::optional<Json> value = object.find(key);
  return value ? std::optional(value->as_bool()) : std::nullopt;
}

/// Whether index lines are full.
bool is_full(const Json& value) {
  if (value.as_string() == "full") return true;
  if (value.as_string() == "plain") return false;
  fail_value(value, "'plain' or 'full'");
}

std::string dtype_of(const Json& value) {
  for (const std::string_view name : {"float32", "float16", "float64"}) {
    if (value.as_string() == name) return std::string(name);
  }
  fail_value(value, "'float32' or 'float16'");
}

ShardArchives archives_of(const Json& object, const Shard& shard) {
  ShardArchives archives;
  archives.count = object.at("archives").as_integer(0, kMaxShardInputs);
  const Json inputs = object.at("inputs_of_archives");
  std::int64_t rest = kMaxShardInputs;
  inputs.for_each_element([&](const Json& value) {
    archives.inputs.push_back(value.as_integer(0, rest));
    rest -= archives.inputs.back();
  });
  if (std::ssize(archives.inputs) != shard.size_of(archives.count)) {
    fail(ErrorCode::header, inputs.path(),
         "has " + std::to_string(archives.inputs.size()) + " numbers, expected " +
             std::to_string(shard.size_of(archives.count)));
  }
  return archives;
}

ShardInfo shard_of(const Json& object) {
  ShardInfo info;
  info.shard.count = object.at("count").as_integer(1, kMaxShards);
  info.shard.index = object.at("index").as_integer(1, info.shard.count);
  info.list = hash_of(object.at("list"));
  if (const std::optional<Json> labels = object.find("labels")) info.labels = hash_of(*labels);
  if (object.find("archives")) {
    info.archives = archives_of(object, info.shard);
  } else {
    info.inputs = object.at("inputs").as_integer(0, kMaxShardInputs);
  }
  return info;
}

EmbeddingsInfo parse_info(std::string_view text, const std::string& path) {
  const JsonDocument document(text, path, {.max_bytes = kMaxInfoBytes});
  const Json root = document.root();
  check_format(root);
  const Json model = root.at("model");
  EmbeddingsInfo info;
  info.program = text_of(root, "program");
  info.model = {text_of(model, "name"), hash_of(model.at("fingerprint")), text_of(model, "family")};
  info.modality = modality_of(root.at("modality"));
  if (!root.at("preprocess").is_object())
    fail(ErrorCode::header, root.at("preprocess").path(), "is not an object");
  info.preprocess = member_text(text, "preprocess");
  info.normalized = root.at("normalized").as_bool();
  info.dtype = dtype_of(root.at("dtype"));
  info.rows = root.at("rows").as_integer(0);
  info.width = root.at("width").as_integer(0);
  if (root.find("precision")) info.precision = text_of(root, "precision");
  if (const std::optional<Json> version = root.find("computation")) info.computation = version->as_integer();
  info.drop_bad = flag_of(root, "drop_bad");
  info.strict = flag_of(root, "strict");
  if (const std::optional<Json> index = root.find("index")) info.full_index = is_full(*index);
  if (const std::optional<Json> xxh3 = root.find("xxh3")) info.xxh3 = hash_of(*xxh3);
  if (const std::optional<Json> xxh3 = root.find("index_xxh3")) info.index_xxh3 = hash_of(*xxh3);
  if (const std::optional<Json> shard = root.find("shard")) info.shard = shard_of(*shard);
  return info;
}

void check_size(const std::string& path, std::string_view key, std::int64_t stated, std::int64_t expected) {
  if (stated == expected) return;
  fail(ErrorCode::mismatch, path + ": " + std::string(key),
       "is " + std::to_string(stated) + ", but the array has " + std::to_string(expected));
}

// A row of zeros belongs to an input that failed.
void check_norm(const std::string& path, const NpyFile& array, std::int64_t row) {
  std::vector<float> values(static_cast<std::size_t>(array.columns()));
  array.read_row(row, values);
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  const double norm = std::sqrt(sum);
  if (norm == 0 || is_unit_norm(norm, array.dtype())) return;
  std::string text;
  append_float(text, static_cast<float>(norm));
  fail(ErrorCode::mismatch, path + ": normalized",
       "is true, but row " + std::to_string(row) + " of the array has norm " + text);
}

}  // namespace

std::string info_path_of(std::string_view npy_path) { return companion_path(npy_path, ".info.json"); }

std::string_view modality_name(Modality modality) { return modality == Modality::image ? "image" : "text"; }

void write_info(OutputFile& out, const EmbeddingsInfo& info) {
  std::string text = "{";
  append_member(text, "format", kFormat);
  text += ",\"version\":" + std::to_string(kVersion) + ",";
  append_member(text, "program", info.program);
  text += ",\"model\":{";
  append_member(text, "name", info.model.name);
  text += ',';
  append_member(text, "fingerprint", info.model.fingerprint);
  text += ',';
  append_member(text, "family", info.model.family);
  text += "},";
  append_member(text, "modality", modality_name(info.modality));
  text += ",\"preprocess\":" + info.preprocess;
  text += info.normalized ? ",\"normalized\":true," : ",\"normalized\":false,";
  append_member(text, "dtype", info.dtype);
  text += ",\"rows\":" + std::to_string(info.rows) + ",\"width\":" + std::to_string(info.width);
  append_optional(text, "precision", info.precision);
  if (info.computation) text += ",\"computation\":" + std::to_string(*info.computation);
  append_flag(text, "drop_bad", info.drop_bad);
  append_flag(text, "strict", info.strict);
  if (info.full_index) text += *info.full_index ? ",\"index\":\"full\"" : ",\"index\":\"plain\"";
  append_optional(text, "xxh3", info.xxh3);
  append_optional(text, "index_xxh3", info.index_xxh3);
  if (info.shard) append_shard(text, *info.shard);
  text += "}\n";
  out.write(text);
}

EmbeddingsInfo read_info(const std::string& path) {
  const std::vector<std::byte> bytes = read_file(path, kMaxInfoBytes);
  try {
    return parse_info(as_text(bytes), path);
  } catch (const Error& error) {
    throw Error(ErrorCode::header, error.subject(), error.problem());
  }
}

bool check_info(const EmbeddingsInfo& info, const std::string& path, const NpyFile& array) {
  check_size(path, "rows", info.rows, array.rows());
  check_size(path, "width", info.width, array.columns());
  if (info.dtype != array.dtype()) {
    fail(ErrorCode::mismatch, path + ": dtype",
         "is " + info.dtype + ", but the array contains " + std::string(array.dtype()));
  }
  if (info.shard && info.rows > info.shard->own_inputs()) {
    fail(ErrorCode::mismatch, path + ": shard",
         "has fewer inputs (" + std::to_string(info.shard->own_inputs()) + ") than the array has rows (" +
             std::to_string(info.rows) + ")");
  }
  if (!info.normalized || array.rows() == 0) return false;
  for (const std::int64_t row : {std::int64_t{0}, array.rows() / 2, array.rows() - 1})
    check_norm(path, array, row);
  return info.dtype == "float32";
}

void check_index_hash(const std::string& index, const std::string& hash, const std::string& stated) {
  if (stated.empty() || stated == hash) return;
  fail(ErrorCode::corrupt, index,
       "is not the index of the array: it has the hash " + hash + ", but the info file has " + stated);
}

}  // namespace sightline
