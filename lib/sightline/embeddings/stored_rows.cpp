// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/stored_rows.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sightline/files/file.h"
#include "sightline/ops/dot_products.h"

namespace sightline {
namespace {

constexpr std::int64_t kFewRows = 256;  // an index of so many rows is read and checked at once

}  // namespace

std::string described_name(const std::string& path) {
  if (file_exists(index_path_of(path)) || file_exists(info_path_of(path))) return path;
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  return error || !std::filesystem::is_symlink(path, error) ? path : target.string();
}

bool is_zero(std::span<const float> row) {
  return std::all_of(row.begin(), row.end(), [](float value) { return value == 0; });
}

StoredRows StoredRows::open(const std::string& path) {
  StoredRows rows(NpyFile::open(path));
  const std::string name = described_name(path);
  const std::string info = info_path_of(name);
  if (file_exists(info)) {
    rows.info_ = read_info(info);
    rows.unit_rows_ = check_info(*rows.info_, info, rows.file_);
  }
  const std::string index = index_path_of(name);
  if (file_exists(index)) rows.index_ = std::make_shared<const IndexLookup>(index, rows.size());
  if (rows.size() <= kFewRows) rows.load_labels();
  return rows;
}

void StoredRows::load_labels() {
  if (index_ == nullptr || !entries_.empty()) return;
  std::vector<IndexEntry> entries = index_->read_all();
  if (info_) check_index_hash(index_->path(), index_->hash(), info_->index_xxh3);
  entries_ = std::move(entries);
}

IndexEntry StoredRows::entry(std::int64_t index) const {
  if (!entries_.empty()) return entries_[static_cast<std::size_t>(index)];
  if (index_ == nullptr) return {file_.path() + "#" + std::to_string(index), {}, false};
  return index_->find(index);
}

void StoredRows::read(std::int64_t index, std::span<float> out) const {
  file_.read_row(index, out);
  if (!unit_rows_)
    l2_normalize(TensorView<float>(out.data(), Shape{1, static_cast<std::int64_t>(out.size())}));
}

RowBlock StoredRows::block(std::int64_t first, std::int64_t count) const {
  if (file_.dtype() == "float64") return {};
  const DType dtype = file_.dtype() == "float16" ? DType::f16 : DType::f32;
  return {file_.rows_as_stored(first, count).data(), dtype, count, width()};
}

}  // namespace sightline
