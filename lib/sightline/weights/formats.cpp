#include <algorithm>
#include <array>
#include <filesystem>

#include "sightline/base/error.h"
#include "sightline/io/file.h"
#include "sightline/weights/names.h"
#include "sightline/weights/safetensors.h"
#include "sightline/weights/shards.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

constexpr std::string_view kSingle = "model.safetensors";
constexpr std::string_view kIndex = "model.safetensors.index.json";
constexpr std::string_view kRead = "this program reads model.safetensors and model.safetensors.index.json";

// Forms in which CLIP checkpoints are published, by the names their publishers use, that have no reader yet;
// of several in one folder the first here is named.
struct ForeignForm {
  std::string_view begin, end;  // of the file's name
  std::string_view name;
};
constexpr std::array kForeignForms = {
    ForeignForm{"pytorch_model", ".bin", "a PyTorch checkpoint"},
    ForeignForm{"pytorch_model", ".bin.index.json", "a sharded PyTorch checkpoint"},
    ForeignForm{"open_clip_", ".safetensors", "an OpenCLIP checkpoint"},
    ForeignForm{"open_clip_", ".bin", "an OpenCLIP checkpoint"},
    ForeignForm{"", ".gguf", "a GGUF file"},
    ForeignForm{"", ".h5", "a Keras or TensorFlow checkpoint"},
    ForeignForm{"", ".keras", "a Keras archive"},
    ForeignForm{"", ".pt", "a PyTorch checkpoint"},
    ForeignForm{"", ".pth", "a PyTorch checkpoint"},
    ForeignForm{"", ".msgpack", "a Flax checkpoint"},
    ForeignForm{"", ".onnx", "an ONNX graph"},
};

bool has_form(std::string_view file, const ForeignForm& form) {
  return file.size() >= form.begin.size() + form.end.size() && file.starts_with(form.begin) &&
         file.ends_with(form.end);
}

[[noreturn]] void fail_foreign(const std::string& path, const ForeignForm& form) {
  fail(
      ErrorCode::unsupported, path,
      "is " + std::string(form.name) + ": conversion from this form is not built yet; " + std::string(kRead));
}

// Says what stands in the folder instead of weights that can be read.
[[noreturn]] void fail_without_weights(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;  // a folder that cannot be listed holds nothing that could be named
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  for (const ForeignForm& form : kForeignForms) {
    for (const std::string& name : names) {
      if (has_form(name, form)) fail_foreign(join_path(folder, name), form);
    }
  }
  fail(ErrorCode::missing, folder, "holds no weights; " + std::string(kRead));
}

Weights read_file_of_weights(const std::string& path) {
  constexpr std::size_t kHead = 64;
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  const ByteView head = file->bytes().first(std::min(kHead, file->bytes().size()));
  for (const WeightFormat* format : weight_formats()) {
    if (format->recognizes(head)) return format->read(path);
  }
  const std::string name = std::filesystem::path(path).filename().string();
  for (const ForeignForm& form : kForeignForms) {
    if (has_form(name, form)) fail_foreign(path, form);
  }
  return weight_formats().front()->read(path);  // says what is wrong with it
}

Weights read_model(const std::string& path) {
  if (!is_directory(path)) return read_file_of_weights(path);
  const std::string single = join_path(path, kSingle), index = join_path(path, kIndex);
  if (file_exists(single)) return Safetensors().read(single);
  if (file_exists(index)) return read_shards(index);
  fail_without_weights(path);
}

}  // namespace

std::span<const WeightFormat* const> weight_formats() {
  static const Safetensors safetensors;
  static const std::array<const WeightFormat*, 1> formats = {&safetensors};
  return formats;
}

Weights load_weights(const std::string& path) { return to_canonical(read_model(path)); }

}  // namespace sightline
