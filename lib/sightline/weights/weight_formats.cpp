// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include "sightline/base/ascii.h"
#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/log.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"
#include "sightline/weights/file_kind.h"
#include "sightline/weights/foreign_names.h"
#include "sightline/weights/gguf_format.h"
#include "sightline/weights/keras_h5.h"
#include "sightline/weights/name_prefixes.h"
#include "sightline/weights/names.h"
#include "sightline/weights/pytorch.h"
#include "sightline/weights/safetensors.h"
#include "sightline/weights/shards.h"
#include "sightline/weights/weight_folder.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

constexpr std::string_view kIndexEnd = ".index.json";
constexpr std::string_view kKerasIndexEnd = ".weights.json";

struct RawWeights {
  Weights weights;
  std::string_view form;
};

// An index lists which file contains which tensors; its own name gives the format of these files.
const WeightFormat& format_of_shards(const std::string& index_path) {
  const std::string_view format_name = index_path.ends_with(".bin.index.json") ? "pytorch" : "safetensors";
  for (const WeightFormat* format : weight_formats()) {
    if (format->name() == format_name) return *format;
  }
  fail(ErrorCode::unsupported, index_path, "lists files in an unsupported format");
}

std::vector<std::byte> head_of(const std::string& path, std::size_t& size) {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  size = file->bytes().size();
  const ByteView bytes = file->bytes().first(std::min(kKindBytes, size));
  return {bytes.begin(), bytes.end()};
}

RawWeights read_container(const std::string& path) {
  if (path.ends_with(kIndexEnd)) {
    const WeightFormat& format = format_of_shards(path);
    return {read_shards(path, format), format.name()};
  }
  if (path.ends_with(kKerasIndexEnd)) return {read_keras_shards(path), KerasH5().name()};
  std::size_t size = 0;
  const std::vector<std::byte> head = head_of(path, size);
  for (const WeightFormat* format : weight_formats()) {
    if (format->recognizes(head)) return {format->read(path), format->name()};
  }
  // A file that is safetensors only by name is passed to that reader, which reports the problem, unless it is
  // recognised as something else.
  const bool is_named = to_lower_ascii(path).ends_with(".safetensors");
  if (is_named && placeholder_problem(head).empty() && !is_another_format(head, size)) {
    const Safetensors safetensors;
    return {safetensors.read(path), safetensors.name()};
  }
  fail_unknown_kind(head, size, path);
}

// Strips the prefixes of wrappers, for every container.
RawWeights read_weight_file(const std::string& path) {
  RawWeights raw = read_container(path);
  raw.weights = strip_prefixes(std::move(raw.weights));
  return raw;
}

bool is_known(const Weights& weights) {
  const auto maps = name_maps();
  return std::any_of(maps.begin(), maps.end(), [&](const NameMap* map) { return map->recognizes(weights); });
}

// Loads the weights of a folder; `file` becomes the path of the file. timm's repositories store an image
// tower under transformers' file names, and the CLIP that contains it under OpenCLIP's.
RawWeights read_folder(const std::string& folder, std::string& file) {
  file = weight_file_of(folder);
  RawWeights raw = read_weight_file(file);
  if (is_known(raw.weights)) return raw;
  for (const std::string& other : alternative_weight_files(folder, file)) {
    file = other;
    return read_weight_file(other);
  }
  return raw;
}

/// `file` becomes the path of the weight file.
RawWeights read_module(const WeightModule& module, std::string& file) {
  file = module.path;
  RawWeights raw = is_directory(module.path) ? read_folder(module.path, file) : read_weight_file(module.path);
  if (module.prefix.empty()) return raw;
  Weights renamed;
  for (const std::string& name : raw.weights.names())
    renamed.add(std::string(module.prefix).append(name), raw.weights.extract(name));
  renamed.merge(std::move(raw.weights));  // contains no tensors any more, but owns their bytes
  raw.weights = std::move(renamed);
  return raw;
}

// The map of the requested naming scheme, or of the recognised one.
const NameMap& name_map_of(const Weights& weights, const std::string& path, std::optional<Dialect> dialect) {
  check_plain_weights(weights);
  const NameMap& recognized = recognized_name_map(weights);
  if (!dialect || dialect == recognized.dialect) return recognized;
  // A state_dict without the sizes is OpenCLIP's or OpenAI's; the caller may know which.
  if (dialect == Dialect::openai && recognized.dialect == Dialect::openclip) return openai_name_map();
  fail(ErrorCode::mismatch, path,
       "uses the naming scheme " + std::string(dialect_name(recognized.dialect)) + ", expected " +
           std::string(dialect_name(*dialect)));
}

}  // namespace

std::span<const WeightFormat* const> weight_formats() {
  static const Safetensors safetensors;
  static const Gguf gguf;
  static const KerasH5 keras_h5;
  static const KerasArchive keras_archive;
  static const PyTorch pytorch;
  static const std::array<const WeightFormat*, 5> formats = {&safetensors, &gguf, &keras_h5, &keras_archive,
                                                             &pytorch};
  return formats;
}

Checkpoint load_checkpoint(const std::string& path, std::optional<Dialect> dialect) {
  return load_checkpoint({{WeightModule{"", path}}}, dialect);
}

Checkpoint load_checkpoint(std::span<const WeightModule> modules, std::optional<Dialect> dialect) {
  Checkpoint checkpoint;
  RawWeights raw = read_module(modules.front(), checkpoint.file);
  for (const WeightModule& module : modules.subspan(1)) {
    std::string file;
    raw.weights.merge(read_module(module, file).weights);
  }
  const NameMap& map = name_map_of(raw.weights, checkpoint.file, dialect);
  checkpoint.form = raw.form;
  checkpoint.dialect = map.dialect;
  checkpoint.weights = map.canonical(std::move(raw.weights));
  log_debug("weights: " + printable(checkpoint.file) + ", " + std::to_string(checkpoint.weights.size()) +
            " tensors, " + checkpoint.form + " with " + std::string(dialect_name(checkpoint.dialect)) +
            " names");
  return checkpoint;
}

Weights load_weights(const std::string& path) { return load_checkpoint(path).weights; }

}  // namespace sightline
