// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/torch_tensor.h"

#include <array>
#include <cstring>

#include "sightline/base/error.h"
#include "sightline/weights/torch_globals.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxTensorBytes = 16LL << 30;

using Sizes = std::array<std::int64_t, Shape::kMaxRank>;

// The location of a tensor's elements in its storage, in elements.
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

std::size_t read_naturals(const PickleValue& tuple, std::string_view what, Sizes& out,
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
  const std::size_t rank = read_naturals(arguments.item(2), "size", sizes, subject);
  if (read_naturals(arguments.item(3), "stride", layout.strides, subject) != rank) {
    fail(ErrorCode::header, subject, "has a different number of strides and dimensions");
  }
  layout.shape = Shape(std::span<const std::int64_t>(sizes.data(), rank));
  return layout;
}

// Every element must lie inside the storage, and no two may share a location: a dimension repeated with a
// stride of 0 would make a huge tensor of a few bytes.
void check_layout(const Layout& layout, std::int64_t storage, const std::string& subject) {
  const std::int64_t elements = layout.shape.elements();
  std::int64_t last = layout.offset;
  for (int axis = 0; axis < layout.shape.rank() && elements > 0; ++axis) {
    const std::int64_t stride = layout.strides[static_cast<std::size_t>(axis)], size = layout.shape[axis];
    if (size > 1 && stride == 0) {
      fail(ErrorCode::range, subject, "repeats elements with a stride of 0, expected a dense tensor");
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

// Copies the elements of the axes from `axis` on in row-major order; returns the end of the output.
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

// Offset in the storage of the element with this row-major index, relative to the first element.
std::int64_t storage_index(const Layout& layout, std::int64_t index) {
  std::int64_t place = 0;
  for (int axis = layout.shape.rank(); axis-- > 0;) {
    place += index % layout.shape[axis] * layout.strides[static_cast<std::size_t>(axis)];
    index /= layout.shape[axis];
  }
  return place;
}

bool is_plain_key(std::string_view key) {
  return !key.empty() && key != "." && key != ".." &&
         key.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

// The function that rebuilds a tensor, and its arguments.
struct Rebuild {
  TorchRebuild kind;
  std::string_view name;
  PickleValue arguments;
};

TorchRebuild rebuild_of(const PickleValue& function) {
  return function.is(PickleKind::global) ? torch_rebuild(function.module(), function.name())
                                         : TorchRebuild::none;
}

bool is_dense(TorchRebuild kind) {
  return kind == TorchRebuild::dense || kind == TorchRebuild::dense_with_type;
}

// The call that rebuilds the tensor, with wrappers removed.
Rebuild unwrap(const PickleValue& call, const std::string& subject) {
  Rebuild found = {rebuild_of(call.function()), call.function().name(), call.arguments()};
  if (found.kind == TorchRebuild::parameter) {
    const PickleValue inner = found.arguments.item(0);
    if (!is_torch_tensor(inner)) fail(ErrorCode::header, subject, "is a parameter without a tensor");
    const TorchRebuild kind = rebuild_of(inner.function());
    if (!is_dense(kind) && kind != TorchRebuild::other)
      fail(ErrorCode::header, subject, "is a parameter without a tensor");
    return {kind, inner.function().name(), inner.arguments()};
  }
  if (found.kind == TorchRebuild::wrapped) {
    const PickleValue function = found.arguments.item(0), type = found.arguments.item(1);
    const bool is_plain = (type.module() == "torch" && type.name() == "Tensor") ||
                          (type.module() == "torch.nn.parameter" && type.name() == "Parameter");
    const TorchRebuild kind = rebuild_of(function);
    if (!is_plain || (!is_dense(kind) && kind != TorchRebuild::other))
      fail(ErrorCode::header, subject, "has a type that is not a plain tensor");
    return {kind, function.name(), found.arguments.item(2)};
  }
  return found;
}

// The seventh argument of `_rebuild_tensor_v2`: whether the tensor is the negative or the conjugate of the
// stored values.
void check_no_view_bits(const PickleValue& arguments, std::int64_t at, const std::string& subject) {
  if (arguments.size() <= at || !arguments.item(at).is(PickleKind::dict)) return;
  arguments.item(at).for_each_pair([&](const PickleValue& key, const PickleValue& value) {
    if (!key.is(PickleKind::text) || (key.as_text() != "neg" && key.as_text() != "conj")) return;
    if (value.is(PickleKind::boolean) && !value.as_boolean()) return;
    fail(ErrorCode::unsupported, subject,
         "is stored as the " + std::string(key.as_text() == "neg" ? "negative" : "conjugate") +
             " of its values; save tensor.resolve_neg().resolve_conj()");
  });
}

// The element type passed to `_rebuild_tensor_v3`.
TorchElement stated_element(const PickleValue& arguments, const std::string& subject) {
  const PickleValue type = arguments.item(6);
  const std::optional<TorchElement> element = torch_element(type.module(), type.name());
  if (!element) fail(ErrorCode::header, subject, "has an invalid element type");
  if (element->bytes == 0) {
    fail(ErrorCode::unsupported, subject,
         "has elements of type " + std::string(type.name()) + ", which is not supported");
  }
  return *element;
}

}  // namespace

struct TorchStorages::Storage {
  TorchElement element;
  std::int64_t elements = 0;
  StoredTensor bytes;  ///< the whole storage, as a byte tensor
};

bool is_torch_tensor(const PickleValue& value) {
  return value.is(PickleKind::call) && rebuild_of(value.function()) != TorchRebuild::none;
}

StoredTensor TorchStorages::content(std::string_view key, std::int64_t size, const std::string& subject) {
  if (!is_plain_key(key)) {
    fail(ErrorCode::unsafe, subject,
         "refers to the storage '" + std::string(key) + "', expected a plain name");
  }
  const std::string member = folder_ + "/data/" + std::string(key);
  const ZipEntry* entry = archive_.find(member);
  if (entry == nullptr)
    fail(ErrorCode::missing, subject, "refers to " + member + ", which is not in the archive");
  if (entry->size != size) {
    fail(ErrorCode::range, subject,
         "has a storage of " + std::to_string(size) + " bytes in a member of " + std::to_string(entry->size));
  }
  auto at = contents_.find(key);
  const bool is_known = at != contents_.end();
  if (!is_known) at = contents_.emplace(key, archive_.read(*entry, kMaxTensorBytes)).first;
  const ZipContent& found = at->second;
  StoredTensor bytes(DType::u8, Shape{size}, found.bytes, is_mapped_ && found.owner == nullptr);
  if (!is_known) bytes.drop_pages();  // computing the checksum has read all pages
  return bytes;
}

// ("storage", class, key, device, elements)
TorchStorages::Storage TorchStorages::storage(const PickleValue& value, const std::string& subject) {
  const PickleValue id = value.id();
  if (id.size() != 5) {
    fail(ErrorCode::header, subject, "has a storage of " + std::to_string(id.size()) + " fields, expected 5");
  }
  const PickleValue type = id.item(1);
  if (is_quantized_storage(type.module(), type.name())) {
    fail(ErrorCode::unsupported, subject,
         "uses a " + std::string(type.name()) + " of quantized numbers, which is not supported");
  }
  const std::optional<TorchElement> element = storage_element(type.module(), type.name());
  if (!element) {
    fail(ErrorCode::header, subject,
         "has a storage of class " + std::string(type.name()) + ", expected a storage class");
  }
  const std::int64_t elements = natural(id.item(4), "number of elements", subject);
  const std::int64_t size = checked_mul(elements, element->bytes, subject);
  return {*element, elements, content(id.item(2).as_text(), size, subject)};
}

StoredTensor TorchStorages::tensor(const PickleValue& call, std::string_view name) {
  const std::string subject(name);
  const Rebuild rebuild = unwrap(call, subject);
  if (!is_dense(rebuild.kind)) {
    fail(
        ErrorCode::unsupported, subject,
        "is rebuilt by torch._utils." + std::string(rebuild.name) + ", which does not return a dense tensor");
  }
  const PickleValue& arguments = rebuild.arguments;
  const Layout layout = layout_of(arguments, subject);
  Storage from = storage(arguments.item(0), subject);
  if (rebuild.kind == TorchRebuild::dense_with_type) {
    check_no_view_bits(arguments, 7, subject);
    const TorchElement element = stated_element(arguments, subject);
    from.elements = checked_mul(from.elements, from.element.bytes, subject) / element.bytes;
    from.element = element;
  } else {
    check_no_view_bits(arguments, 6, subject);
  }
  check_layout(layout, from.elements, subject);
  const auto item = static_cast<std::size_t>(from.element.bytes);
  const std::size_t offset = static_cast<std::size_t>(layout.offset) * item;
  const DType dtype = from.element.dtype;
  if (layout.shape.elements() == 0 || is_contiguous(layout)) {
    const auto size = static_cast<std::size_t>(layout.shape.elements()) * item;
    return {dtype, layout.shape, from.bytes.bytes().subspan(offset, size), from.bytes.mapped()};
  }
  // The bytes of a type that is not computed with are never requested.
  if (dtype == DType::other) return {dtype, layout.shape, ByteView()};
  return StoredTensor::deferred(
      dtype, layout.shape,
      [layout, offset, item, bytes = from.bytes](std::span<std::byte> out) {
        gather(layout, 0, bytes.bytes().data() + offset, item, out.data());
        bytes.drop_pages();
      },
      [layout, offset, item, bytes = from.bytes](std::int64_t index, std::span<std::byte>) {
        const std::size_t place = static_cast<std::size_t>(storage_index(layout, index)) * item;
        return bytes.bytes().subspan(offset + place, item);
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
