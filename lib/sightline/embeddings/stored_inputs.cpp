// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/stored_inputs.h"

#include <algorithm>
#include <numeric>

#include "sightline/base/error.h"
#include "sightline/embeddings/stored_rows.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxLines = UINT32_MAX - 1;
constexpr std::int64_t kLinesPerCheck = 1024;
constexpr std::int64_t kHashedBytes = 8 << 20;  // of the array at a time

std::string require_file(const std::string& path) {
  if (!file_exists(path))
    fail(ErrorCode::missing, path, "does not exist; without it, the rows cannot be used again");
  return path;
}

/// The name of a value, and the values of an earlier run and of this one.
struct Fact {
  std::string name, stored, run;
  bool shown = true;
};

std::string words_of(const Fact& fact) {
  if (!fact.shown) return fact.name + " differs";
  return fact.name + " was '" + fact.stored + "', is now '" + fact.run + "'";
}

std::vector<Fact> facts_of(const EmbeddingsInfo& stored, const EmbeddingsInfo& run) {
  const auto yes_or_no = [](bool value) { return std::string(value ? "yes" : "no"); };
  const auto version = [](const EmbeddingsInfo& info) {
    return info.computation ? std::to_string(*info.computation) : std::string();
  };
  return {{"the model's fingerprint", stored.model.fingerprint, run.model.fingerprint},
          {"the preprocessing", stored.preprocess, run.preprocess, false},
          {"normalized", yes_or_no(stored.normalized), yes_or_no(run.normalized)},
          {"precision", stored.precision, run.precision},
          {"the version of the computation", version(stored), version(run)},
          {"the width of the rows", std::to_string(stored.width), std::to_string(run.width)}};
}

}  // namespace

/// A line of the index. The memory of large indexes is mostly these.
struct StoredInputs::Line {
  Digest128 path, xxh3;  ///< hashes
  std::int64_t row = 0, size = 0, mtime_ns = 0;
  std::size_t offset = 0;
  bool has_file = false, has_time = false, has_warnings = false;
};

StoredInputs::StoredInputs(const std::string& array, Warned warned, const std::function<void()>& check)
    : array_(NpyFile::open(array)), warned_(warned) {
  const std::string name = described_name(array);
  const std::string info_path = require_file(info_path_of(name));
  info_ = read_info(info_path);
  check_info(info_, info_path, array_);
  index_ = MappedFile::open(require_file(index_path_of(name)), MappedContent::embeddings);
  read_index(check);
  sort_lines();
  check_hash(check);
}

StoredInputs::~StoredInputs() = default;

void StoredInputs::check_hash(const std::function<void()>& check) const {
  if (info_.xxh3.empty() || array_.rows() == 0) return;
  const std::int64_t row_bytes = std::max<std::int64_t>(std::ssize(array_.rows_as_stored(0, 1)), 1);
  const std::int64_t step = std::max<std::int64_t>(kHashedBytes / row_bytes, 1);
  Hash128 hash;
  for (std::int64_t row = 0; row < array_.rows(); row += step) {
    if (check) check();
    const std::int64_t count = std::min(step, array_.rows() - row);
    hash.update(array_.rows_as_stored(row, count));
    array_.release_rows(row, count);
  }
  if (hash.hex() == info_.xxh3) return;
  fail(ErrorCode::corrupt, array_.path(),
       "has rows with the hash " + hash.hex() + ", but its info file has " + info_.xxh3);
}

void StoredInputs::read_index(const std::function<void()>& check) {
  const std::string_view text = as_text(index_->bytes());
  std::int64_t rows = 0, number = 0;
  Hash128 hash;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    if (check && number % kLinesPerCheck == 0) check();
    hash.update(as_bytes(text.substr(begin, end + 1 - begin)));
    const std::string place = index_->path() + ": line " + std::to_string(++number);
    const IndexLine line = parse_index_line(text.substr(begin, end - begin), place);
    if (!line.row) continue;
    if (*line.row != rows) {
      fail(ErrorCode::mismatch, place + ": row",
           "is " + std::to_string(*line.row) + ", expected " + std::to_string(rows));
    }
    ++rows;
    if (!line.entry.outcome.ok()) continue;
    if (std::ssize(lines_) == kMaxLines) fail(ErrorCode::limit, index_->path(), "has too many lines");
    Line& added = lines_.emplace_back();
    added.path = hash128(as_bytes(line.entry.label));
    added.row = *line.row;
    added.offset = begin;
    added.has_warnings = !line.entry.outcome.warnings.empty();
    if (!line.file) continue;
    added.has_file = true;
    added.xxh3 = line.file->xxh3;
    added.size = line.file->size;
    added.has_time = line.file->mtime_ns.has_value();
    added.mtime_ns = line.file->mtime_ns.value_or(0);
  }
  if (rows != array_.rows()) {
    fail(ErrorCode::mismatch, index_->path(),
         "describes " + std::to_string(rows) + " rows, expected " + std::to_string(array_.rows()));
  }
  check_index_hash(index_->path(), hash.hex(), info_.index_xxh3);
}

void StoredInputs::sort_lines() {
  for (std::uint32_t number = 0; number < lines_.size(); ++number) {
    const Line& line = lines_[number];
    if (line.has_time) by_path_.push_back(number);
    (line.has_file ? by_content_ : without_file_).push_back(number);
  }
  // Sorted, not hashed: no index can make a search slow. Equal keys keep the order of the rows.
  const auto sort_by = [&](Order& order, auto key) {
    std::ranges::stable_sort(order, {}, [&](std::uint32_t number) { return lines_[number].*key; });
  };
  sort_by(by_path_, &Line::path);
  sort_by(by_content_, &Line::xxh3);
  sort_by(without_file_, &Line::path);
}

void StoredInputs::require_same_computation(const EmbeddingsInfo& run) const {
  const std::string place = info_path_of(described_name(path()));
  if (info_.modality != run.modality)
    fail(ErrorCode::mismatch, path(),
         "contains embeddings of " + std::string(modality_name(info_.modality)) + "s");
  if (info_.precision.empty() || !info_.computation)
    fail(ErrorCode::missing, place, "does not state the precision and the version of the computation");
  std::string differences;
  for (const Fact& fact : facts_of(info_, run)) {
    if (fact.stored == fact.run) continue;
    differences.append(differences.empty() ? "" : "; ").append(words_of(fact));
  }
  if (!differences.empty())
    fail(ErrorCode::mismatch, path(), "has rows that cannot be used again: " + differences);
  if (info_.dtype != "float32" && info_.dtype != run.dtype)
    fail(ErrorCode::mismatch, path(), "contains " + info_.dtype + ", expected " + run.dtype);
}

std::uint32_t StoredInputs::first_with_path(const Order& order, std::string_view path) const {
  const Digest128 key = hash128(as_bytes(path));
  const auto path_of = [&](std::uint32_t number) -> const Digest128& { return lines_[number].path; };
  const auto found = std::ranges::lower_bound(order, key, {}, path_of);
  return found == order.end() || path_of(*found) != key ? kNone : *found;
}

std::uint32_t StoredInputs::first_with_content(const Digest128& xxh3) const {
  const auto content_of = [&](std::uint32_t number) -> const Digest128& { return lines_[number].xxh3; };
  const auto found = std::ranges::lower_bound(by_content_, xxh3, {}, content_of);
  return found == by_content_.end() || content_of(*found) != xxh3 ? kNone : *found;
}

std::optional<StoredInput> StoredInputs::reusable(std::uint32_t number) const {
  if (number == kNone) return std::nullopt;
  const Line& line = lines_[number];
  if (line.has_warnings && warned_ == Warned::leave) return std::nullopt;
  const std::optional<std::int64_t> time = line.has_time ? std::optional(line.mtime_ns) : std::nullopt;
  return StoredInput{line.row, {line.size, time, line.xxh3}, line.offset, line.has_warnings};
}

std::optional<StoredInput> StoredInputs::find(std::string_view path, const FileStamp& stamp) const {
  const std::uint32_t number = first_with_path(by_path_, path);
  if (number == kNone) return std::nullopt;
  const Line& line = lines_[number];
  return line.size == stamp.size && line.mtime_ns == stamp.mtime_ns ? reusable(number) : std::nullopt;
}

std::int64_t StoredInputs::good_inputs() const { return std::ssize(lines_); }

std::optional<StoredInput> StoredInputs::find(const Digest128& xxh3) const {
  return reusable(first_with_content(xxh3));
}

std::vector<std::string> StoredInputs::warnings(const StoredInput& input) const {
  if (!input.has_warnings) return {};
  const std::string_view text = as_text(index_->bytes()).substr(input.line);
  return parse_index_line(text.substr(0, text.find('\n')), index_->path()).entry.outcome.warnings;
}

GoneRows::GoneRows(const StoredInputs& stored) : stored_(stored), present_(stored.lines_.size()) {}

void GoneRows::mark(std::uint32_t number) {
  if (number != StoredInputs::kNone) present_[number] = true;
}

void GoneRows::add(std::string_view label, const std::optional<InputFile>& file) {
  if (file) mark(stored_.first_with_content(file->xxh3));
  if (!stored_.without_file_.empty()) mark(stored_.first_with_path(stored_.without_file_, label));
}

std::int64_t GoneRows::count() const {
  const std::vector<StoredInputs::Line>& lines = stored_.lines_;
  const auto gone = [&](const StoredInputs::Order& order, auto key) {
    std::int64_t count = 0;
    std::uint32_t first = 0;  // of the lines with the same key
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i == 0 || lines[order[i]].*key != lines[first].*key) first = order[i];
      count += present_[first] ? 0 : 1;
    }
    return count;
  };
  return gone(stored_.by_content_, &StoredInputs::Line::xxh3) +
         gone(stored_.without_file_, &StoredInputs::Line::path);
}

}  // namespace sightline
