// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/pytorch_writer.h"

#include <limits>
#include <string>

#include "sightline/base/error.h"
#include "sightline/containers/zip_writer.h"
#include "sightline/weights/element_converter.h"
#include "sightline/weights/torch_globals.h"

namespace sightline {
namespace {

constexpr std::string_view kFolder = "archive/";

// The opcodes of protocol 2 that a state_dict needs. Source: CPython's pickletools.
class Pickle {
 public:
  Pickle() : text_("\x80\x02") {}
  Pickle& op(char code) {
    text_ += code;
    return *this;
  }
  Pickle& global(std::string_view module, std::string_view name) { return op('c').line(module).line(name); }
  Pickle& string(std::string_view text) {
    return op('X').number(static_cast<std::uint32_t>(text.size()), 4).raw(text);
  }
  Pickle& integer(std::int64_t value) {
    if (value >= 0 && value <= 0xff) return op('K').number(static_cast<std::uint64_t>(value), 1);
    if (value >= 0 && value <= std::numeric_limits<std::int32_t>::max())
      return op('J').number(static_cast<std::uint64_t>(value), 4);
    return op('\x8a').op(8).number(static_cast<std::uint64_t>(value), 8);
  }
  Pickle& tuple(std::span<const std::int64_t> values) {
    op('(');
    for (const std::int64_t value : values) integer(value);
    return op('t');
  }
  Pickle& empty_ordered_dict() { return global("collections", "OrderedDict").op(')').op('R'); }
  const std::string& text() const { return text_; }

 private:
  Pickle& raw(std::string_view text) {
    text_ += text;
    return *this;
  }
  Pickle& line(std::string_view text) { return raw(text).op('\n'); }
  Pickle& number(std::uint64_t value, std::size_t bytes) {
    return raw({reinterpret_cast<const char*>(&value), bytes});  // little-endian
  }

  std::string text_;
};

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(static_cast<std::size_t>(shape.rank()));
  std::int64_t stride = 1;
  for (int axis = shape.rank(); axis-- > 0;) {
    strides[static_cast<std::size_t>(axis)] = stride;
    stride *= shape[axis];
  }
  return strides;
}

DType written_dtype(const StoredTensor& tensor, std::optional<DType> dtype) {
  return dtype && is_floating(tensor.dtype) ? *dtype : tensor.dtype;
}

// torch._utils._rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, backward_hooks)
void append_tensor(Pickle& pickle, const Shape& shape, std::string_view storage, std::size_t key) {
  pickle.global("torch._utils", "_rebuild_tensor_v2").op('(');
  pickle.op('(').string("storage").global("torch", storage).string(std::to_string(key)).string("cpu");
  pickle.integer(shape.elements()).op('t').op('Q');
  pickle.integer(0).tuple(shape.sizes()).tuple(strides_of(shape));
  pickle.op('\x89').empty_ordered_dict().op('t').op('R');
}

std::string state_dict(const Weights& weights, std::optional<DType> dtype) {
  Pickle pickle;
  pickle.empty_ordered_dict().op('(');
  std::size_t key = 0;
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    const std::string_view storage = storage_name(written_dtype(tensor, dtype));
    if (storage.empty()) fail(ErrorCode::type, name, "has a dtype that PyTorch's files cannot store");
    append_tensor(pickle.string(name), tensor.shape, storage, key++);
  }
  return pickle.op('u').op('.').text();
}

}  // namespace

void write_pytorch(OutputFile& out, const Weights& weights, std::optional<DType> dtype, ThreadPool& pool) {
  ZipWriter zip(out);
  const auto add = [&](std::string_view name, ByteView content) {
    zip.add(std::string(kFolder).append(name), content);
  };
  add("data.pkl", as_bytes(state_dict(weights, dtype)));
  add("byteorder", as_bytes("little"));
  std::size_t key = 0;
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    add("data/" + std::to_string(key++), convert_elements(tensor, written_dtype(tensor, dtype), name, pool));
  }
  add("version", as_bytes("3\n"));
  zip.finish();
}

}  // namespace sightline
