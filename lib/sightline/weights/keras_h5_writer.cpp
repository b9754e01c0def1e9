// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/keras_h5_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "sightline/base/error.h"
#include "sightline/containers/hdf5_writer.h"
#include "sightline/weights/element_writer.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/layouts.h"
#include "sightline/weights/raw_names.h"

namespace sightline {
namespace {

constexpr std::string_view kPositionIds = "layers/clip_vision_encoder/layers/clip_vision_embedding/vars/1";
constexpr std::string_view kPositions = "vision_model.embeddings.position_embedding.weight";

// Where the name map finds the projections by layer name, and where Keras stores them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kProjections = {
    {{"vision_projection", "layers/dense/vars/0"}, {"text_projection", "layers/dense_1/vars/0"}}};

// KerasHub's layer names, where they differ from the attribute names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kLayerNames = {
    {{"layers/dense", "vision_projection"},
     {"layers/dense_1", "text_projection"},
     {"layers/clip_vision_encoder/layers/layer_normalization", "pre_layer_norm"},
     {"/layer_normalization_1", "layer_norm"},
     {"/layer_normalization", "layer_norm"},
     {"/query_dense", "query"},
     {"/key_dense", "key"},
     {"/value_dense", "value"},
     {"/output_dense", "attention_output"},
     {"/clip_vision_embedding", "embedding"}}};

std::string layer_name(std::string_view layer) {
  for (const auto& [end, name] : kLayerNames) {
    if (end.front() == '/' ? layer.ends_with(end) : layer == end) return std::string(name);
  }
  return std::string(layer.substr(layer.rfind('/') + 1));
}

[[noreturn]] void fail_shape(const StoredTensor& tensor, std::string_view name, std::string_view expected) {
  fail(ErrorCode::mismatch, name,
       "has shape " + to_string(tensor.shape) + ", expected " + std::string(expected));
}

void check_rank(const StoredTensor& tensor, int rank, std::string_view name, std::string_view expected) {
  if (tensor.shape.rank() != rank) fail_shape(tensor, name, expected);
}

// Splits [width], or an axis of that size, into heads of equal width.
std::array<std::int64_t, 2> split_heads(const StoredTensor& tensor, std::int64_t width, std::int64_t heads,
                                        std::string_view name) {
  if (heads < 1 || width % heads != 0)
    fail_shape(tensor, name, "a width divisible by " + std::to_string(heads) + " heads");
  return {heads, width / heads};
}

// The inverse of `to_layout`: converts a canonical tensor to Keras's layout.
StoredTensor keras_layout(const StoredTensor& tensor, const NameRule& rule, std::int64_t heads,
                          std::string_view name) {
  const Shape& s = tensor.shape;
  switch (rule.layout) {
    case TensorLayout::transpose:
      check_rank(tensor, 2, name, "a matrix");
      return permuted(tensor, std::array{1, 0});
    case TensorLayout::query_kernel: {
      check_rank(tensor, 2, name, "a matrix");
      const auto split = split_heads(tensor, s[0], heads, name);
      return reshaped(permuted(tensor, std::array{1, 0}), Shape{s[1], split[0], split[1]});
    }
    case TensorLayout::output_kernel: {
      check_rank(tensor, 2, name, "a matrix");
      const auto split = split_heads(tensor, s[1], heads, name);
      return reshaped(permuted(tensor, std::array{1, 0}), Shape{split[0], split[1], s[0]});
    }
    case TensorLayout::convolution:
      check_rank(tensor, 4, name, "[out, in, height, width]");
      return permuted(tensor, std::array{2, 3, 1, 0});
    case TensorLayout::flat: {
      check_rank(tensor, 1, name, "a vector");
      if (rule.pattern.find("/attention/") == std::string_view::npos) return tensor;
      const auto split = split_heads(tensor, s[0], heads, name);
      return reshaped(tensor, Shape{split[0], split[1]});
    }
    default:
      return tensor;
  }
}

Hdf5Type hdf5_type(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return Hdf5Type::f64;
    case DType::f16:
      return Hdf5Type::f16;
    case DType::bf16:
      return Hdf5Type::opaque;
    default:
      return Hdf5Type::f32;
  }
}

std::vector<std::int64_t> sizes_of(const Shape& shape) {
  return {shape.sizes().begin(), shape.sizes().end()};
}

// Moves the canonical tensors to their places in the file, rule by rule.
class Placement {
 public:
  Placement(const Weights& canonical, const KerasH5Options& options, ElementWriter& writer)
      : canonical_(canonical), options_(options), writer_(writer) {
    for (const RawTensor& raw : raw_tensors(kerashub_name_map(), canonical, "KerasHub's CLIPBackbone")) {
      place(raw);
    }
    add_positions();
    name_layers();
  }

  void add_to_root(const std::map<std::string, std::string>& attributes) {
    if (!attributes.empty()) groups_.push_back({"", {attributes.begin(), attributes.end()}});
  }

  const std::vector<Hdf5NewDataset>& datasets() const { return datasets_; }
  const std::vector<Hdf5Group>& groups() const { return groups_; }

 private:
  static std::string path_of(const RawTensor& raw) {
    for (const auto& [name, path] : kProjections) {
      if (raw.name == name) return std::string(path);
    }
    return raw.name;
  }

  void place(const RawTensor& raw) {
    const std::string& name = raw.canonical.front();
    const StoredTensor* tensor = canonical_.find(name);
    if (!is_floating(tensor->dtype)) {
      fail(ErrorCode::type, name,
           "has dtype " + std::string(dtype_name(tensor->dtype)) + ", expected a floating-point type");
    }
    const bool is_vision = name.starts_with("vision_model.");
    const std::int64_t heads = is_vision ? options_.vision_heads : options_.text_heads;
    const StoredTensor placed = keras_layout(*tensor, *raw.rule, heads, name);
    const DType dtype = options_.dtype.value_or(tensor->dtype);
    Hdf5NewDataset dataset{.path = path_of(raw),
                           .type = hdf5_type(dtype),
                           .element_bytes = size_of(dtype),
                           .shape = sizes_of(placed.shape),
                           .attributes = {},
                           .write = [this, placed, dtype, of = name](OutputFile&) {
                             writer_.write({placed, dtype, of});
                           }};
    if (dtype == DType::bf16) dataset.attributes.emplace("dtype", "bfloat16");
    datasets_.push_back(std::move(dataset));
  }

  // The position ids 0, 1, 2, ... of the image, which KerasHub stores beside the embeddings.
  void add_positions() {
    const StoredTensor& positions = *canonical_.find(kPositions);
    check_rank(positions, 2, kPositions, "a matrix");
    const std::int64_t count = positions.shape[0];
    datasets_.push_back({.path = std::string(kPositionIds),
                         .type = Hdf5Type::i64,
                         .element_bytes = sizeof(std::int64_t),
                         .shape = {1, count},
                         .attributes = {},
                         .write = [count](OutputFile& out) {
                           for (std::int64_t i = 0; i < count; ++i)
                             out.write({reinterpret_cast<const char*>(&i), sizeof(i)});
                         }});
  }

  void name_layers() {
    std::set<std::string_view> visited;
    for (const Hdf5NewDataset& dataset : datasets_) {
      const std::string_view group = std::string_view(dataset.path).substr(0, dataset.path.rfind('/'));
      if (!visited.insert(group).second) continue;
      const std::string_view layer = group.substr(0, group.rfind('/'));
      groups_.push_back({std::string(group), {{"name", layer_name(layer)}}});
    }
  }

  const Weights& canonical_;
  const KerasH5Options& options_;
  ElementWriter& writer_;
  std::vector<Hdf5NewDataset> datasets_;
  std::vector<Hdf5Group> groups_;
};

}  // namespace

void write_keras_h5(OutputFile& out, const Weights& canonical, const KerasH5Options& options,
                    ThreadPool* pool) {
  ElementWriter writer(out, pool);
  Placement placement(canonical, options, writer);
  placement.add_to_root(fingerprint_metadata(canonical, options.dtype));
  write_hdf5(out, placement.datasets(), placement.groups());
}

}  // namespace sightline
