#include "sightline/weights/torch_tensor.h"

#include <array>
#include <cstring>

#include "sightline/base/error.h"
#include "sightline/weights/torch_globals.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxTensorBytes = 16LL << 30;

using Sizes = std::array<std::int64_t, Shape::kMaxRank>;

// Where the elements of a tensor lie in its storage, counted in elements.
struct Layout {
  Shape shape;
  Sizes strides{};
  std::int64_t offset = 0;
};

std::int64_t natural(const PickleValue& value, std::string_view what, const std::string& subject) {
  const std::int64_t number = value.as_integer();
  if (number < 0) {
    fail(ErrorCode::range, subject,
         "has the " + std::string(what) + " " + std::to_string(number) + ", expected a natural number");
  }
  return number;
}

std::size_t naturals(const PickleValue& tuple, std::string_view what, Sizes& out,
                     const std::string& subject) {
  if (tuple.size() > Shape::kMaxRank) {
    fail(ErrorCode::limit, subject,
         "has " + std::to_string(tuple.size()) + " dimensions, at most 8 are accepted");
  }
  std::size_t count = 0;
  tuple.for_each_item([&](const PickleValue& item) { out[count++] = natural(item, what, subject); });
  return count;
}

Layout layout_of(const PickleValue& arguments, const std::string& subject) {
  Layout layout;
  Sizes sizes{};
  layout.offset = natural(arguments.item(1), "offset", subject);
  const std::size_t rank = naturals(arguments.item(2), "size", sizes, subject);
  if (naturals(arguments.item(3), "stride", layout.strides, subject) != rank) {
    fail(ErrorCode::header, subject, "has not as many strides as dimensions");
  }
  layout.shape = Shape(std::span<const std::int64_t>(sizes.data(), rank));
  return layout;
}

// Every element lies inside the storage, and no two in one place: a dimension that a stride of 0 repeats
// would make a huge tensor of a few bytes.
void check_layout(const Layout& layout, std::int64_t storage, const std::string& subject) {
  const std::int64_t elements = layout.shape.elements();
  std::int64_t last = layout.offset;
  for (int axis = 0; axis < layout.shape.rank() && elements > 0; ++axis) {
    const std::int64_t stride = layout.strides[static_cast<std::size_t>(axis)], size = layout.shape[axis];
    if (size > 1 && stride == 0) {
      fail(ErrorCode::range, subject, "repeats its elements by a stride of 0, expected all of them");
    }
    last = checked_add(last, checked_mul(size - 1, stride, subject), subject);
  }
  const bool inside = elements == 0 ? last <= storage : last < storage;
  if (!inside || elements > storage) {
    fail(ErrorCode::range, subject,
         "of shape " + to_string(layout.shape) + " reaches element " + std::to_string(last) +
             " of its storage of " + std::to_string(storage));
  }
}

bool is_contiguous(const Layout& layout) {
  std::int64_t expected = 1;
  for (int axis = layout.shape.rank(); axis-- > 0;) {
    if (layout.shape[axis] != 1 && layout.strides[static_cast<std::size_t>(axis)] != expected) return false;
    expected *= layout.shape[axis];
  }
  return true;
}

// Copies the elements of axes from `axis` on, in row-major order; returns where it stopped writing.
std::byte* gather(const Layout& layout, int axis, const std::byte* in, std::size_t item, std::byte* out) {
  if (axis == layout.shape.rank()) {
    std::memcpy(out, in, item);
    return out + item;
  }
  const std::size_t step = static_cast<std::size_t>(layout.strides[static_cast<std::size_t>(axis)]) * item;
  for (std::int64_t i = 0; i < layout.shape[axis]; ++i, in += step) {
    out = gather(layout, axis + 1, in, item, out);
  }
  return out;
}

bool is_plain_key(std::string_view key) {
  return !key.empty() && key != "." && key != ".." &&
         key.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

bool is_call_of(const PickleValue& value, std::string_view module, std::string_view name) {
  return value.is(PickleKind::call) && value.function().module() == module && value.function().name() == name;
}

// The arguments of `_rebuild_tensor`, out of what is wrapped around it.
PickleValue rebuild_arguments(const PickleValue& call, const std::string& subject) {
  PickleValue arguments = call.arguments();
  if (is_call_of(call, "torch._utils", "_rebuild_parameter")) {
    const PickleValue inner = arguments.item(0);
    if (!is_call_of(inner, "torch._utils", "_rebuild_tensor_v2") &&
        !is_call_of(inner, "torch._utils", "_rebuild_tensor")) {
      fail(ErrorCode::header, subject, "is a parameter of what is not a tensor");
    }
    arguments = inner.arguments();
  } else if (is_call_of(call, "torch._tensor", "_rebuild_from_type_v2")) {
    const PickleValue function = arguments.item(0), type = arguments.item(1);
    const bool is_tensor = function.module() == "torch._utils" &&
                           (function.name() == "_rebuild_tensor_v2" || function.name() == "_rebuild_tensor");
    const bool is_plain = (type.module() == "torch" && type.name() == "Tensor") ||
                          (type.module() == "torch.nn.parameter" && type.name() == "Parameter");
    if (!is_tensor || !is_plain) fail(ErrorCode::header, subject, "is of a type that is not a plain tensor");
    arguments = arguments.item(2);
  }
  return arguments;
}

}  // namespace

struct TorchStorages::Storage {
  DType dtype = DType::other;
  std::int64_t elements = 0;
  StoredTensor bytes;  ///< all of them, as a tensor of bytes
};

bool is_torch_tensor(const PickleValue& value) {
  return is_call_of(value, "torch._utils", "_rebuild_tensor_v2") ||
         is_call_of(value, "torch._utils", "_rebuild_tensor") ||
         is_call_of(value, "torch._utils", "_rebuild_parameter") ||
         is_call_of(value, "torch._tensor", "_rebuild_from_type_v2");
}

StoredTensor TorchStorages::content(std::string_view key, std::int64_t size, const std::string& subject) {
  if (!is_plain_key(key)) {
    fail(ErrorCode::unsafe, subject, "lies in the storage '" + std::string(key) + "', expected a plain name");
  }
  const std::string member = folder_ + "/data/" + std::string(key);
  const ZipEntry* entry = archive_.find(member);
  if (entry == nullptr)
    fail(ErrorCode::missing, subject, "lies in " + member + ", which is not in the archive");
  if (entry->size != size) {
    fail(ErrorCode::range, subject,
         "has a storage of " + std::to_string(size) + " bytes in a member of " + std::to_string(entry->size));
  }
  auto at = contents_.find(key);
  const bool is_known = at != contents_.end();
  if (!is_known) at = contents_.emplace(key, archive_.read(*entry, kMaxTensorBytes)).first;
  const ZipContent& found = at->second;
  const StoredTensor bytes(DType::u8, Shape{size}, found.bytes, is_mapped_ && found.owner == nullptr);
  if (!is_known) bytes.drop_pages();  // the checksum has read them all
  return bytes;
}

// ("storage", class, key, device, elements)
TorchStorages::Storage TorchStorages::storage(const PickleValue& value, const std::string& subject) {
  const PickleValue id = value.id();
  if (id.size() != 5) {
    fail(ErrorCode::header, subject, "has a storage of " + std::to_string(id.size()) + " facts, expected 5");
  }
  const PickleValue type = id.item(1);
  const std::optional<DType> dtype = storage_dtype(type.module(), type.name());
  if (!dtype) {
    fail(ErrorCode::header, subject,
         "has a storage of class " + std::string(type.name()) + ", expected another");
  }
  const std::int64_t elements = natural(id.item(4), "number of elements", subject);
  const std::int64_t size = checked_mul(elements, size_of(*dtype), subject);
  return {*dtype, elements, content(id.item(2).as_text(), size, subject)};
}

StoredTensor TorchStorages::tensor(const PickleValue& call, std::string_view name) {
  const std::string subject(name);
  const PickleValue arguments = rebuild_arguments(call, subject);
  const Layout layout = layout_of(arguments, subject);
  const Storage from = storage(arguments.item(0), subject);
  check_layout(layout, from.elements, subject);
  const auto item = static_cast<std::size_t>(size_of(from.dtype));
  const std::size_t offset = static_cast<std::size_t>(layout.offset) * item;
  if (layout.shape.elements() == 0 || is_contiguous(layout)) {
    const auto size = static_cast<std::size_t>(layout.shape.elements()) * item;
    return {from.dtype, layout.shape, from.bytes.bytes().subspan(offset, size), from.bytes.mapped()};
  }
  return StoredTensor::deferred(from.dtype, layout.shape,
                                [layout, offset, item, bytes = from.bytes](std::span<std::byte> out) {
                                  gather(layout, 0, bytes.bytes().data() + offset, item, out.data());
                                  bytes.drop_pages();
                                });
}

std::vector<std::shared_ptr<const void>> TorchStorages::owners() const {
  std::vector<std::shared_ptr<const void>> owners;
  for (const auto& [key, content] : contents_) {
    if (content.owner != nullptr) owners.push_back(content.owner);
  }
  return owners;
}

}  // namespace sightline
