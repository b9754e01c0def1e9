// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/torch_globals.h"

#include <algorithm>
#include <array>

namespace sightline {
namespace {

// A storage class; its element type may be one that this library does not compute with.
struct StorageType {
  std::string_view name;
  TorchElement element;
};
constexpr std::array kStorageTypes = {
    StorageType{"FloatStorage", {DType::f32, 4}},
    StorageType{"HalfStorage", {DType::f16, 2}},
    StorageType{"BFloat16Storage", {DType::bf16, 2}},
    StorageType{"DoubleStorage", {DType::f64, 8}},
    StorageType{"LongStorage", {DType::i64, 8}},
    StorageType{"IntStorage", {DType::i32, 4}},
    StorageType{"ShortStorage", {DType::i16, 2}},
    StorageType{"CharStorage", {DType::i8, 1}},
    StorageType{"ByteStorage", {DType::u8, 1}},
    StorageType{"BoolStorage", {DType::boolean, 1}},
    StorageType{"ComplexFloatStorage", {DType::other, 8}},
    StorageType{"ComplexDoubleStorage", {DType::other, 16}},
};
// Storage classes of quantized tensors.
constexpr std::array<std::string_view, 5> kQuantizedStorages = {
    "QInt8Storage", "QUInt8Storage", "QInt32Storage", "QUInt4x2Storage", "QUInt2x4Storage"};

// `torch.<name>`, an element type. 0 bytes: less than 8 bits per element, or quantized.
struct TorchType {
  std::string_view name;
  TorchElement element;
};
constexpr std::array kTypes = {
    TorchType{"float32", {DType::f32, 4}},
    TorchType{"float64", {DType::f64, 8}},
    TorchType{"float16", {DType::f16, 2}},
    TorchType{"bfloat16", {DType::bf16, 2}},
    TorchType{"int64", {DType::i64, 8}},
    TorchType{"int32", {DType::i32, 4}},
    TorchType{"int16", {DType::i16, 2}},
    TorchType{"int8", {DType::i8, 1}},
    TorchType{"uint8", {DType::u8, 1}},
    TorchType{"bool", {DType::boolean, 1}},
    TorchType{"uint16", {DType::other, 2}},
    TorchType{"uint32", {DType::other, 4}},
    TorchType{"uint64", {DType::other, 8}},
    TorchType{"complex32", {DType::other, 4}},
    TorchType{"complex64", {DType::other, 8}},
    TorchType{"complex128", {DType::other, 16}},
    TorchType{"float8_e4m3fn", {DType::f8_e4m3fn, 1}},
    TorchType{"float8_e4m3fnuz", {DType::f8_e4m3fnuz, 1}},
    TorchType{"float8_e5m2", {DType::f8_e5m2, 1}},
    TorchType{"float8_e5m2fnuz", {DType::f8_e5m2fnuz, 1}},
    TorchType{"float8_e8m0fnu", {DType::f8_e8m0fnu, 1}},
    TorchType{"float4_e2m1fn_x2", {DType::other, 1}},
    TorchType{"bits8", {DType::other, 1}},
    TorchType{"bits16", {DType::other, 2}},
    TorchType{"bits1x8", {DType::other, 1}},
    TorchType{"bits2x4", {DType::other, 1}},
    TorchType{"bits4x2", {DType::other, 1}},
    TorchType{"qint8", {DType::other, 0}},
    TorchType{"qint32", {DType::other, 0}},
    TorchType{"quint8", {DType::other, 0}},
    TorchType{"quint4x2", {DType::other, 0}},
    TorchType{"quint2x4", {DType::other, 0}},
    TorchType{"int1", {DType::other, 0}},
    TorchType{"int2", {DType::other, 0}},
    TorchType{"int3", {DType::other, 0}},
    TorchType{"int4", {DType::other, 0}},
    TorchType{"int5", {DType::other, 0}},
    TorchType{"int6", {DType::other, 0}},
    TorchType{"int7", {DType::other, 0}},
    TorchType{"uint1", {DType::other, 0}},
    TorchType{"uint2", {DType::other, 0}},
    TorchType{"uint3", {DType::other, 0}},
    TorchType{"uint4", {DType::other, 0}},
    TorchType{"uint5", {DType::other, 0}},
    TorchType{"uint6", {DType::other, 0}},
    TorchType{"uint7", {DType::other, 0}},
};

// The quantization schemes.
constexpr std::array<std::string_view, 5> kSchemes = {"per_tensor_affine", "per_tensor_symmetric",
                                                      "per_channel_affine", "per_channel_symmetric",
                                                      "per_channel_affine_float_qparams"};

// `FloatTensor` and its relatives, classes that are used as values.
constexpr std::array<std::string_view, 10> kTensorKinds = {"Float", "Half",  "BFloat16", "Double", "Long",
                                                           "Int",   "Short", "Char",     "Byte",   "Bool"};
constexpr std::array<std::string_view, 4> kTensorModules = {"torch", "torch.cuda", "torch.sparse",
                                                            "torch.cuda.sparse"};

struct Global {
  std::string_view module;
  std::string_view name;
  PickleUse use;
};
// Source: torch/_weights_only_unpickler.py of 2.13; torch/csrc/jit/serialization/unpickler.cpp for
// `torch.jit`. In addition to what `weights_only` allows, a defaultdict and an empty `bytes` are accepted,
// which are plain data. Protocol 2 uses the Python 2 name of the module of built-in functions.
constexpr std::array kGlobals = {
    Global{"collections", "OrderedDict", PickleUse::ordered_dict},
    Global{"collections", "Counter", PickleUse::callable},
    Global{"collections", "defaultdict", PickleUse::default_dict},
    Global{"_codecs", "encode", PickleUse::latin1},
    Global{"torch", "Size", PickleUse::callable},
    Global{"torch", "device", PickleUse::callable},
    Global{"torch", "Tensor", PickleUse::name},
    Global{"torch.nn.parameter", "Parameter", PickleUse::name},
    Global{"torch.serialization", "_get_layout", PickleUse::callable},
    Global{"torch.storage", "TypedStorage", PickleUse::name},
};
// Names in `builtins`.
constexpr std::array kBuiltins = {
    Global{"", "bytes", PickleUse::latin1}, Global{"", "bytearray", PickleUse::callable},
    Global{"", "set", PickleUse::callable}, Global{"", "complex", PickleUse::callable},
    Global{"", "list", PickleUse::factory}, Global{"", "dict", PickleUse::factory},
    Global{"", "int", PickleUse::factory},  Global{"", "float", PickleUse::factory},
    Global{"", "str", PickleUse::factory},  Global{"", "tuple", PickleUse::factory},
};
constexpr std::array<std::string_view, 5> kScriptLists = {
    "build_intlist", "build_tensorlist", "build_doublelist", "build_boollist", "restore_type_tag"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <std::size_t N>
PickleUse use_in(const std::array<Global, N>& globals, std::string_view module, std::string_view name) {
  const auto at = std::find_if(globals.begin(), globals.end(), [&](const Global& global) {
    return global.module == module && global.name == name;
  });
  return at == globals.end() ? PickleUse::refused : at->use;
}

bool is_tensor_class(std::string_view module, std::string_view name) {
  constexpr std::string_view kEnd = "Tensor";
  return holds(kTensorModules, module) && name.ends_with(kEnd) &&
         holds(kTensorKinds, name.substr(0, name.size() - kEnd.size()));
}

bool is_name(std::string_view module, std::string_view name) {
  if (storage_element(module, name) || is_quantized_storage(module, name) || torch_element(module, name))
    return true;
  return is_tensor_class(module, name) || (module == "torch" && holds(kSchemes, name));
}

}  // namespace

TorchRebuild torch_rebuild(std::string_view module, std::string_view name) {
  if (module == "torch._tensor" && name == "_rebuild_from_type_v2") return TorchRebuild::wrapped;
  if (module != "torch._utils") return TorchRebuild::none;
  if (name == "_rebuild_tensor" || name == "_rebuild_tensor_v2") return TorchRebuild::dense;
  if (name == "_rebuild_tensor_v3") return TorchRebuild::dense_with_type;
  if (name == "_rebuild_parameter" || name == "_rebuild_parameter_with_state") return TorchRebuild::parameter;
  constexpr std::array<std::string_view, 7> kOther = {"_rebuild_qtensor",
                                                      "_rebuild_sparse_tensor",
                                                      "_rebuild_nested_tensor",
                                                      "_rebuild_meta_tensor_no_storage",
                                                      "_rebuild_wrapper_subclass",
                                                      "_rebuild_device_tensor_from_numpy",
                                                      "_rebuild_device_tensor_from_cpu_tensor"};
  return holds(kOther, name) ? TorchRebuild::other : TorchRebuild::none;
}

PickleUse torch_use(std::string_view module, std::string_view name, bool is_script) {
  if (is_name(module, name)) return PickleUse::name;
  if (torch_rebuild(module, name) != TorchRebuild::none) return PickleUse::callable;
  // Written before PyTorch 2.0 only, and rejected by its unpickler.
  if (module == "torch._utils" && name == "_rebuild_sparse_csr_tensor") return PickleUse::unsupported;
  const bool is_builtin = module == "builtins" || module == "__builtin__";
  const PickleUse use = is_builtin ? use_in(kBuiltins, "", name) : use_in(kGlobals, module, name);
  if (use != PickleUse::refused || !is_script) return use;
  if (module == "__torch__" || module.starts_with("__torch__.")) return PickleUse::record;
  return module == "torch.jit._pickle" && holds(kScriptLists, name) ? PickleUse::callable
                                                                    : PickleUse::refused;
}

std::optional<TorchElement> storage_element(std::string_view module, std::string_view name) {
  if (module == "torch.storage" && name == "UntypedStorage") return TorchElement{DType::u8, 1};
  if (module != "torch" && module != "torch.cuda") return std::nullopt;
  for (const StorageType& type : kStorageTypes) {
    if (type.name == name) return type.element;
  }
  return std::nullopt;
}

std::string_view storage_name(DType dtype) {
  if (dtype == DType::other) return "";
  const auto at = std::find_if(kStorageTypes.begin(), kStorageTypes.end(),
                               [&](const StorageType& type) { return type.element.dtype == dtype; });
  return at == kStorageTypes.end() ? std::string_view() : at->name;
}

bool is_quantized_storage(std::string_view module, std::string_view name) {
  return module == "torch" && holds(kQuantizedStorages, name);
}

std::optional<TorchElement> torch_element(std::string_view module, std::string_view name) {
  if (module != "torch") return std::nullopt;
  for (const TorchType& type : kTypes) {
    if (type.name == name) return type.element;
  }
  return std::nullopt;
}

}  // namespace sightline
