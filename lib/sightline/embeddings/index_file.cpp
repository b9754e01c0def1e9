// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/index_file.h"

#include "sightline/base/error.h"
#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/embeddings/companion_path.h"
#include "sightline/embeddings/json_label.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxIndexBytes = 8LL << 30;
constexpr std::int64_t kMaxLineBytes = 16LL << 20;

std::optional<InputFile> file_of(const Json& line) {
  const std::optional<Json> xxh3 = line.find("xxh3");
  if (!xxh3) return std::nullopt;
  const std::optional<Digest128> digest = parse_hash128(xxh3->as_string());
  if (!digest) fail(ErrorCode::header, xxh3->path(), "is not a hash of 32 hexadecimal digits");
  InputFile file{line.at("size").as_integer(0), std::nullopt, *digest};
  if (const std::optional<Json> time = line.find("mtime_ns")) file.mtime_ns = time->as_integer();
  return file;
}

std::vector<std::string> warnings_of(const Json& line) {
  std::vector<std::string> warnings;
  if (const std::optional<Json> list = line.find("warnings"))
    list->for_each_element([&](const Json& warning) { warnings.emplace_back(warning.as_string()); });
  return warnings;
}

void append_file(std::string& out, const InputFile& file) {
  out += ",\"size\":" + std::to_string(file.size);
  if (file.mtime_ns) out += ",\"mtime_ns\":" + std::to_string(*file.mtime_ns);
  out += ",\"xxh3\":\"" + hex_of(file.xxh3) + '"';
}

IndexEntry entry_of(const Json& line) {
  IndexEntry entry{.label = json_label(line), .outcome = {}};
  const std::optional<Json> status = line.find("status");
  if (status && status->as_string() != "ok") {
    const std::optional<Json> word = line.find("class"), message = line.find("message");
    const std::string name(word ? word->as_string() : status->as_string());
    if (!name.empty()) entry.outcome.error = ErrorClass(name);
    if (message) entry.outcome.message = message->as_string();
  }
  const std::optional<Json> truncated = line.find("truncated");
  entry.truncated = truncated && truncated->as_bool();
  return entry;
}

}  // namespace

std::string index_path_of(std::string_view npy_path) { return companion_path(npy_path, ".index.jsonl"); }

void IndexWriter::write(const IndexRow& row) {
  line_ = "{\"row\":" + (row.row ? std::to_string(*row.row) : std::string("null")) + ",";
  append_json_label(line_, row.label_key, row.label);
  if (row.tokens) {
    line_ += ",\"tokens\":" + std::to_string(*row.tokens);
    line_ += row.truncated ? ",\"truncated\":true" : ",\"truncated\":false";
  }
  if (row.outcome.ok()) {
    line_ += ",\"status\":\"ok\"";
  } else {
    append_json_failure(line_, row.outcome);
  }
  if (row.full && row.file) append_file(line_, *row.file);
  if (row.full && !row.outcome.warnings.empty()) append_json_warnings(line_, row.outcome);
  line_ += "}\n";
  out_.write(line_);
}

IndexLine parse_index_line(std::string_view text, const std::string& subject) {
  const JsonDocument document(text, subject, {.max_bytes = kMaxLineBytes});
  const Json line = document.root();
  const Json row = line.at("row");
  IndexLine parsed{row.is_null() ? std::nullopt : std::optional(row.as_integer()), entry_of(line),
                   file_of(line)};
  parsed.entry.outcome.warnings = warnings_of(line);
  return parsed;
}

std::vector<IndexEntry> read_index(const std::string& path, std::int64_t rows) {
  const std::vector<std::byte> bytes = read_file(path, kMaxIndexBytes);
  std::string_view rest = as_text(bytes);
  std::vector<IndexEntry> entries;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    IndexLine line = parse_index_line(text, path + ": line " + std::to_string(number));
    if (!line.row) continue;
    if (*line.row != std::ssize(entries)) {
      fail(ErrorCode::mismatch, path + ": line " + std::to_string(number) + ": row",
           "is " + std::to_string(*line.row) + ", expected " + std::to_string(entries.size()));
    }
    entries.push_back(std::move(line.entry));
  }
  if (std::ssize(entries) != rows) {
    fail(ErrorCode::mismatch, path,
         "describes " + std::to_string(entries.size()) + " rows, expected " + std::to_string(rows));
  }
  return entries;
}

}  // namespace sightline
