#include "sightline/weights/torch_globals.h"

#include <algorithm>
#include <array>

namespace sightline {
namespace {

struct StorageType {
  std::string_view name;
  DType dtype;
};
constexpr std::array kStorageTypes = {
    StorageType{"FloatStorage", DType::f32},     StorageType{"HalfStorage", DType::f16},
    StorageType{"BFloat16Storage", DType::bf16}, StorageType{"DoubleStorage", DType::f64},
    StorageType{"LongStorage", DType::i64},      StorageType{"IntStorage", DType::i32},
    StorageType{"ShortStorage", DType::i16},     StorageType{"CharStorage", DType::i8},
    StorageType{"ByteStorage", DType::u8},       StorageType{"BoolStorage", DType::boolean},
};

struct Global {
  std::string_view module;
  std::string_view name;
  PickleUse use;
};
// Source: torch/_weights_only_unpickler.py; torch/csrc/jit/serialization/unpickler.cpp for `torch.jit`.
constexpr std::array kGlobals = {
    Global{"collections", "OrderedDict", PickleUse::ordered_dict},
    Global{"torch._utils", "_rebuild_tensor", PickleUse::callable},
    Global{"torch._utils", "_rebuild_tensor_v2", PickleUse::callable},
    Global{"torch._utils", "_rebuild_parameter", PickleUse::callable},
    Global{"torch._tensor", "_rebuild_from_type_v2", PickleUse::callable},
    Global{"torch", "Size", PickleUse::callable},
    Global{"torch", "device", PickleUse::callable},
    Global{"torch", "Tensor", PickleUse::name},
    Global{"torch.nn.parameter", "Parameter", PickleUse::name},
    // tensors of other kinds than dense ones, and element types that nothing here computes with
    Global{"torch._utils", "_rebuild_tensor_v3", PickleUse::unsupported},
    Global{"torch._utils", "_rebuild_qtensor", PickleUse::unsupported},
    Global{"torch._utils", "_rebuild_sparse_tensor", PickleUse::unsupported},
    Global{"torch._utils", "_rebuild_sparse_csr_tensor", PickleUse::unsupported},
    Global{"torch._utils", "_rebuild_nested_tensor", PickleUse::unsupported},
    Global{"torch._utils", "_rebuild_meta_tensor_no_storage", PickleUse::unsupported},
    Global{"torch", "QInt8Storage", PickleUse::unsupported},
    Global{"torch", "QUInt8Storage", PickleUse::unsupported},
    Global{"torch", "QInt32Storage", PickleUse::unsupported},
    Global{"torch", "QUInt4x2Storage", PickleUse::unsupported},
    Global{"torch", "QUInt2x4Storage", PickleUse::unsupported},
    Global{"torch", "ComplexFloatStorage", PickleUse::unsupported},
    Global{"torch", "ComplexDoubleStorage", PickleUse::unsupported},
};
constexpr std::array<std::string_view, 5> kScriptLists = {
    "build_intlist", "build_tensorlist", "build_doublelist", "build_boollist", "restore_type_tag"};

}  // namespace

PickleUse torch_use(std::string_view module, std::string_view name, bool is_script) {
  if (storage_dtype(module, name)) return PickleUse::name;
  for (const Global& global : kGlobals) {
    if (global.module == module && global.name == name) return global.use;
  }
  if (!is_script) return PickleUse::refused;
  if (module == "__torch__" || module.starts_with("__torch__.")) return PickleUse::record;
  const bool is_list = module == "torch.jit._pickle" &&
                       std::find(kScriptLists.begin(), kScriptLists.end(), name) != kScriptLists.end();
  return is_list ? PickleUse::callable : PickleUse::refused;
}

std::optional<DType> storage_dtype(std::string_view module, std::string_view name) {
  if (module == "torch.storage" && name == "UntypedStorage") return DType::u8;
  if (module != "torch") return std::nullopt;
  for (const StorageType& type : kStorageTypes) {
    if (type.name == name) return type.dtype;
  }
  return std::nullopt;
}

}  // namespace sightline
