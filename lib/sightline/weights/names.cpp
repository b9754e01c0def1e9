#include "sightline/weights/names.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::string_view kNumber = "{}";

bool is_decimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The text up to the next dot, taken off the front of `rest`.
std::string_view next_segment(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  const std::string_view segment = rest.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  return segment;
}

// The numbers that `{}` stands for, or nothing when the name is not of this pattern.
std::optional<std::vector<std::string_view>> match(std::string_view name, std::string_view pattern) {
  std::vector<std::string_view> numbers;
  if (std::count(name.begin(), name.end(), '.') != std::count(pattern.begin(), pattern.end(), '.')) return {};
  while (!pattern.empty()) {
    const std::string_view wanted = next_segment(pattern);
    const std::string_view seen = next_segment(name);
    if (wanted == kNumber && is_decimal(seen)) {
      numbers.push_back(seen);
    } else if (wanted != seen) {
      return {};
    }
  }
  return numbers;
}

std::string fill(std::string_view canonical, const std::vector<std::string_view>& numbers) {
  std::string name;
  for (const std::string_view number : numbers) {
    const std::size_t at = canonical.find(kNumber);
    name.append(canonical.substr(0, at)).append(number);
    canonical.remove_prefix(at + kNumber.size());
  }
  return name.append(canonical);
}

StoredTensor transpose(const StoredTensor& tensor, std::string_view name, Weights& owner) {
  const auto width = static_cast<std::size_t>(size_of(tensor.dtype));
  if (tensor.shape.rank() != 2 || width == 0) {
    fail(ErrorCode::mismatch, name, "has shape " + to_string(tensor.shape) + ", expected a matrix");
  }
  const auto rows = static_cast<std::size_t>(tensor.shape[0]),
             columns = static_cast<std::size_t>(tensor.shape[1]);
  const auto bytes = std::make_shared<std::vector<std::byte>>(tensor.bytes.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      std::memcpy(bytes->data() + (column * rows + row) * width,
                  tensor.bytes.data() + (row * columns + column) * width, width);
    }
  }
  owner.keep(bytes);
  return {tensor.dtype, Shape{tensor.shape[1], tensor.shape[0]}, *bytes};
}

StoredTensor part_of(const StoredTensor& tensor, const NameRule& rule, std::string_view name) {
  if (tensor.shape.rank() == 0 || tensor.shape[0] % rule.parts != 0) {
    fail(ErrorCode::mismatch, name,
         "has shape " + to_string(tensor.shape) + ", expected one whose first size " +
             std::to_string(rule.parts) + " divides");
  }
  std::array<std::int64_t, Shape::kMaxRank> sizes{};
  for (int axis = 0; axis < tensor.shape.rank(); ++axis)
    sizes[static_cast<std::size_t>(axis)] = tensor.shape[axis];
  sizes[0] /= rule.parts;
  const std::size_t size = tensor.bytes.size() / static_cast<std::size_t>(rule.parts);
  return {tensor.dtype,
          Shape(std::span<const std::int64_t>(sizes.data(), static_cast<std::size_t>(tensor.shape.rank()))),
          tensor.bytes.subspan(static_cast<std::size_t>(rule.part) * size, size)};
}

StoredTensor laid_out(const StoredTensor& tensor, const NameRule& rule, std::string_view name,
                      Weights& owner) {
  switch (rule.layout) {
    case TensorLayout::transpose:
      return transpose(tensor, name, owner);
    case TensorLayout::part:
      return part_of(tensor, rule, name);
    default:
      return tensor;
  }
}

}  // namespace

bool NameMap::recognizes(const Weights& weights) const {
  for (const std::string& tensor : weights.names()) {
    for (const std::string_view marker : markers) {
      if (tensor.starts_with(marker)) return true;
    }
  }
  return false;
}

Weights NameMap::canonical(Weights weights) const {
  Weights result;
  for (const std::string& tensor_name : weights.names()) {
    const StoredTensor tensor = weights.extract(tensor_name);
    bool known = false;
    for (const NameRule& rule : rules) {
      const auto numbers = match(tensor_name, rule.pattern);
      if (!numbers) continue;
      known = true;
      if (rule.layout == TensorLayout::drop) continue;
      result.add(fill(rule.canonical, *numbers), laid_out(tensor, rule, tensor_name, result));
    }
    if (!known) result.add(tensor_name, tensor);
  }
  result.merge(std::move(weights));  // no tensor is left in it, but what owns their bytes
  return result;
}

std::span<const NameMap* const> name_maps() {
  static const std::array<const NameMap*, 1> maps = {&hf_name_map()};
  return maps;
}

Weights to_canonical(Weights weights) {
  for (const NameMap* map : name_maps()) {
    if (map->recognizes(weights)) return map->canonical(std::move(weights));
  }
  const std::vector<std::string> names = weights.names();
  fail(ErrorCode::unsupported, names.empty() ? "weights" : names.front(),
       "is not a tensor of a CLIP checkpoint whose names this program knows (Hugging Face)");
}

}  // namespace sightline
