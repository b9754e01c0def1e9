#include "target_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "config_rewrite.h"
#include "failure.h"
#include "sightline/io/file.h"
#include "sightline/weights/safetensors.h"
#include "signals.h"

namespace sightline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxSmallFile = 256LL << 20;
constexpr std::array<std::string_view, 5> kTokenizerFiles = {
    "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"};

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

void check_error(const std::error_code& error, const std::string& path) {
  if (error == std::errc::no_space_on_device) fail(ErrorCode::no_space, path, error.message());
  if (error) fail(ErrorCode::io, path, error.message());
}

void sync_folder(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

/// What may be removed: an empty folder, or a model's (of a run that was killed, too), which holds
/// config.json or weights and nothing but files. Errors: unsafe.
void check_replaceable(const std::string& path) {
  bool is_model = false, is_empty = true;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
    is_empty = false;
    const std::string name = entry.path().filename().string();
    is_model = is_model || name == "config.json" || name.starts_with("model.safetensors");
    if (entry.is_directory(error)) {
      fail(ErrorCode::unsafe, path, "holds the folder " + name + ", so it stays");
    }
  }
  check_error(error, path);
  if (!is_empty && !is_model) fail(ErrorCode::unsafe, path, "is no model folder, so it stays");
}

/// Errors: range when a finite number of `tensor` becomes infinite in float16.
void check_fits_half(const std::string& name, const StoredTensor& tensor) {
  if (!is_floating(tensor.dtype) || tensor.dtype == DType::f16) return;
  const Tensor values = to_float(tensor);
  for (const float value : values.view().flat()) {
    if (std::abs(value) >= 65520.0F && !std::isinf(value)) {
      fail(ErrorCode::range, name, "holds " + std::to_string(value) + ", float16 ends at 65504");
    }
  }
}

}  // namespace

TargetFolder::TargetFolder(const std::string& path, bool force)
    : path_(without_slash(path)), part_(path_ + ".part") {
  in_stage(Stage::output, [&] {
    if (!force && fs::exists(fs::symlink_status(path_))) {
      throw Failure(Stage::output, Error(ErrorCode::locked, path_, "exists already"), "--force replaces it");
    }
    if (file_exists(path_) && !is_directory(path_)) fail(ErrorCode::io, path_, "is not a folder");
    if (is_directory(path_)) check_replaceable(path_);
    if (is_directory(part_)) check_replaceable(part_);
    std::error_code error;
    fs::remove_all(part_, error);
    fs::create_directory(part_, error);
    check_error(error, path_);
  });
}

TargetFolder::~TargetFolder() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(part_, ignored);
}

void TargetFolder::write_file(std::string_view name, std::string_view bytes) {
  OutputFile out(join_path(part_, name), true);
  out.write(bytes);
  out.commit();
  ++files_;
  bytes_ += out.size();
}

void TargetFolder::write_weights(const Weights& weights, std::optional<DType> dtype) {
  std::vector<SafetensorsEntry> entries;
  for (const std::string& name : weights.names()) {
    throw_if_interrupted();
    const StoredTensor& tensor = *weights.find(name);
    if (dtype == DType::f16) in_stage(Stage::model, [&] { check_fits_half(name, tensor); });
    entries.push_back({name, tensor, dtype && is_floating(tensor.dtype) ? *dtype : tensor.dtype});
  }
  OutputFile out(join_path(part_, "model.safetensors"), true);
  write_safetensors(out, std::move(entries));
  out.commit();
  ++files_;
  bytes_ += out.size();
}

void TargetFolder::write_config(const std::string& source, std::optional<DType> dtype) {
  const std::string path = join_path(source, "config.json");
  const std::vector<std::byte> bytes = in_stage(Stage::model, [&] { return read_file(path, kMaxSmallFile); });
  const std::string text(as_text(bytes));
  write_file("config.json", dtype ? with_dtype(text, path, dtype_name(*dtype)) : text);
}

void TargetFolder::copy_others(const std::string& source, const std::string& tokenizer) {
  const auto copy = [&](const std::string& folder, std::string_view name) {
    const std::string path = join_path(folder, name);
    if (!file_exists(path)) return;
    const std::vector<std::byte> bytes =
        in_stage(Stage::model, [&] { return read_file(path, kMaxSmallFile); });
    write_file(name, as_text(bytes));
  };
  copy(source, "preprocessor_config.json");
  if (tokenizer.empty()) return;
  for (const std::string_view name : kTokenizerFiles) copy(tokenizer, name);
}

void TargetFolder::commit() {
  sync_folder(part_);
  // Both names change hands at once: at no time is there no model under the final name.
  const bool replaces = is_directory(path_);
  const unsigned flags = replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(), flags) != 0) {
    check_error(std::error_code(errno, std::generic_category()), path_);
  }
  committed_ = true;
  const fs::path parent = fs::path(path_).parent_path();
  sync_folder(parent.empty() ? "." : parent.string());
  std::error_code ignored;
  if (replaces) fs::remove_all(part_, ignored);
}

std::string TargetFolder::summary() const {
  return std::to_string(files_) + " files, " + std::to_string(bytes_) + " bytes";
}

}  // namespace sightline::app
