#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/log.h"
#include "sightline/io/file.h"
#include "sightline/weights/gguf_format.h"
#include "sightline/weights/keras_h5.h"
#include "sightline/weights/names.h"
#include "sightline/weights/pytorch.h"
#include "sightline/weights/safetensors.h"
#include "sightline/weights/shards.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

constexpr std::string_view kIndexEnd = ".index.json";
constexpr std::string_view kKerasIndexEnd = ".weights.json";

// Under these names publishers keep a model's weights; of several in one folder the first here is read, as
// transformers does.
constexpr std::array<std::string_view, 8> kUsualNames = {"model.safetensors",
                                                         "model.safetensors.index.json",
                                                         "pytorch_model.bin",
                                                         "pytorch_model.bin.index.json",
                                                         "open_clip_model.safetensors",
                                                         "open_clip_pytorch_model.bin",
                                                         "model.weights.h5",
                                                         "model.weights.json"};

constexpr std::array<std::string_view, 2> kOpenCLIPNames = {"open_clip_model.safetensors",
                                                            "open_clip_pytorch_model.bin"};

// What a weight file of another name ends in.
constexpr std::array<std::string_view, 7> kWeightEnds = {".safetensors", ".bin",   ".pt",  ".pth",
                                                         ".h5",          ".keras", ".gguf"};

// Forms in which checkpoints are published, by the ends of their names, that have no reader.
struct ForeignForm {
  std::string_view end;
  std::string_view name;
};
constexpr std::array kForeignForms = {
    ForeignForm{".msgpack", "a Flax checkpoint"},
    ForeignForm{".onnx", "an ONNX graph"},
    ForeignForm{".pb", "a TensorFlow graph"},
    ForeignForm{".ckpt", "a checkpoint of a training program"},
    ForeignForm{".tflite", "a TensorFlow Lite model"},
};

constexpr std::string_view kReadForms = "safetensors, PyTorch, HDF5, a Keras archive, GGUF";

[[noreturn]] void fail_foreign(const std::string& path, const ForeignForm& form) {
  fail(ErrorCode::unsupported, path,
       "is " + std::string(form.name) +
           ", expected one of the forms that this program reads: " + std::string(kReadForms));
}

bool is_weight_file(std::string_view name) {
  return std::any_of(kWeightEnds.begin(), kWeightEnds.end(),
                     [&](std::string_view end) { return name.ends_with(end); });
}

std::vector<std::string> file_names(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) fail(ErrorCode::io, folder, "cannot be listed: " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

// A folder of peft holds what is added to a model, sometimes beside that model's own weights; transformers
// adds it whenever this file is there.
void check_no_adapter(const std::string& folder) {
  const std::string path = join_path(folder, "adapter_config.json");
  if (!file_exists(path)) return;
  fail(ErrorCode::unsupported, path,
       "says that the folder holds an adapter, which changes a model's weights; merge it into the model "
       "(merge_and_unload) and save that, or name the weight file to read that alone");
}

// The weight file of a folder, or the index of its shards.
std::string weight_file_of(const std::string& folder) {
  check_no_adapter(folder);
  for (const std::string_view name : kUsualNames) {
    if (file_exists(join_path(folder, name))) return join_path(folder, name);
  }
  std::vector<std::string> found;
  const std::vector<std::string> names = file_names(folder);
  std::copy_if(names.begin(), names.end(), std::back_inserter(found), is_weight_file);
  if (found.size() == 1) return join_path(folder, found.front());
  if (found.size() > 1) {
    fail(ErrorCode::mismatch, folder,
         "holds several weight files (" + found[0] + ", " + found[1] + (found.size() > 2 ? ", ..." : "") +
             "); name the one that is meant");
  }
  for (const ForeignForm& form : kForeignForms) {
    for (const std::string& name : names) {
      if (name.ends_with(form.end)) fail_foreign(join_path(folder, name), form);
    }
  }
  fail(ErrorCode::missing, folder,
       "holds no weights, expected model.safetensors, pytorch_model.bin, open_clip_model.safetensors, "
       "model.weights.h5 or one .pt, .keras or .gguf file");
}

struct RawWeights {
  Weights weights;
  std::string_view form;
};

// An index says which file holds what, its name what these files are.
const WeightFormat& format_of_shards(const std::string& index_path) {
  const std::string_view wanted = index_path.ends_with(".bin.index.json") ? "pytorch" : "safetensors";
  for (const WeightFormat* format : weight_formats()) {
    if (format->name() == wanted) return *format;
  }
  fail(ErrorCode::unsupported, index_path, "lists files of a form that this program does not read");
}

RawWeights read_weight_file(const std::string& path) {
  constexpr std::size_t kHead = 64;
  if (path.ends_with(kIndexEnd)) {
    const WeightFormat& format = format_of_shards(path);
    return {read_shards(path, format), format.name()};
  }
  if (path.ends_with(kKerasIndexEnd)) return {read_keras_shards(path), KerasH5().name()};
  std::vector<std::byte> head;
  {
    const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
    const ByteView bytes = file->bytes().first(std::min(kHead, file->bytes().size()));
    head.assign(bytes.begin(), bytes.end());
  }
  for (const WeightFormat* format : weight_formats()) {
    if (format->recognizes(head)) return {format->read(path), format->name()};
  }
  for (const ForeignForm& form : kForeignForms) {
    if (path.ends_with(form.end)) fail_foreign(path, form);
  }
  const Safetensors safetensors;  // says what is wrong with a file of its name
  if (path.ends_with(".safetensors") || as_text(head).starts_with("version https://git-lfs")) {
    return {safetensors.read(path), safetensors.name()};
  }
  fail(ErrorCode::magic, path,
       "is no weight file of a form that this program reads: " + std::string(kReadForms));
}

bool is_known(const Weights& weights) {
  const auto maps = name_maps();
  return std::any_of(maps.begin(), maps.end(), [&](const NameMap* map) { return map->recognizes(weights); });
}

// The weights of a folder; `file` becomes the path of what was read. timm's repositories hold an image tower
// under transformers' file names, and the CLIP that it is taken from under OpenCLIP's.
RawWeights read_folder(const std::string& folder, std::string& file) {
  file = weight_file_of(folder);
  RawWeights raw = read_weight_file(file);
  if (is_known(raw.weights)) return raw;
  for (const std::string_view name : kOpenCLIPNames) {
    const std::string path = join_path(folder, name);
    if (path == file || !file_exists(path)) continue;
    file = path;
    return read_weight_file(path);
  }
  return raw;
}

// The map of the dialect asked for, or of the one that the names tell.
const NameMap& name_map_of(const Weights& weights, const std::string& path, std::string_view dialect) {
  const NameMap& recognized = recognized_name_map(weights);
  if (dialect.empty() || dialect == recognized.name) return recognized;
  // A state_dict without the sizes is OpenCLIP's or OpenAI's: whoever asks knows.
  if (dialect == openai_name_map().name && recognized.name == openclip_name_map().name)
    return openai_name_map();
  fail(ErrorCode::mismatch, path,
       "has names of the dialect " + std::string(recognized.name) + ", expected " + std::string(dialect));
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

Checkpoint load_checkpoint(const std::string& path, std::string_view dialect) {
  Checkpoint checkpoint;
  checkpoint.file = path;
  RawWeights raw = is_directory(path) ? read_folder(path, checkpoint.file) : read_weight_file(path);
  const NameMap& map = name_map_of(raw.weights, checkpoint.file, dialect);
  checkpoint.form = raw.form;
  checkpoint.dialect = map.name;
  checkpoint.weights = map.canonical(std::move(raw.weights));
  log_debug("weights: " + printable(checkpoint.file) + ", " + std::to_string(checkpoint.weights.size()) +
            " tensors, " + checkpoint.form + " with " + checkpoint.dialect + " names");
  return checkpoint;
}

Weights load_weights(const std::string& path) { return load_checkpoint(path).weights; }

}  // namespace sightline
