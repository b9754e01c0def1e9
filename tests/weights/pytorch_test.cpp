// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/pytorch.h"

#include <chrono>
#include <cstring>

#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/name_prefixes.h"
#include "sightline/weights/safetensors.h"
#include "sightline/weights/shards.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/pickle_bytes.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

Weights golden(std::string_view name) { return PyTorch().read(golden_path("weights/" + std::string(name))); }

std::string bytes_of(const StoredTensor& tensor) { return std::string(as_text(tensor.bytes())); }

std::string little(std::initializer_list<float> values) {
  std::string out(values.size() * sizeof(float), '\0');
  std::memcpy(out.data(), values.begin(), out.size());
  return out;
}

// The bytes of a tensor of nano_layers1; for the token embedding, the rows in the golden files.
ByteView expected_bytes(const Weights& nano, const std::string& name, const Shape& shape) {
  const StoredTensor& tensor = *nano.find(name);
  return tensor.bytes().first(static_cast<std::size_t>(shape.elements()) * sizeof(float));
}

ByteView first_bytes(const std::vector<std::uint16_t>& values) {
  return std::as_bytes(std::span<const std::uint16_t>(values));
}

// The bytes of floats converted to another type.
std::string converted(ByteView floats, DType dtype) {
  if (dtype == DType::f32) return std::string(as_text(floats));
  std::vector<float> values(floats.size() / sizeof(float));
  std::memcpy(values.data(), floats.data(), floats.size());
  std::vector<std::uint16_t> halves(values.size());
  if (dtype == DType::f16) float_to_f16(values, halves);
  if (dtype == DType::bf16) float_to_bf16(values, halves);
  return std::string(as_text(first_bytes(halves)));
}

void check_nano(const Weights& weights, DType dtype) {
  const Weights nano = Safetensors().read(golden_path("model/nano_layers1/model.safetensors"));
  REQUIRE(weights.names() == nano.names());
  for (const std::string& name : nano.names()) {
    INFO(name);
    const StoredTensor& tensor = *weights.find(name);
    CHECK(tensor.dtype == dtype);
    CHECK(bytes_of(tensor) == converted(expected_bytes(nano, name, tensor.shape), dtype));
  }
}

// An archive with a pickle and one storage of four floats.
const std::string kFour = little({1, 2, 3, 4});
std::string archive_of(const std::string& value, const std::vector<ZipMember>& more = {}) {
  std::vector<ZipMember> members = {{"a/data.pkl", pickle_of(value)}, {"a/data/0", kFour}};
  members.insert(members.end(), more.begin(), more.end());
  return zip_bytes(members);
}

std::string storage(const std::string& elements, const std::string& key = "0",
                    std::string_view type = "FloatStorage") {
  return pickle_tuple({pickle_text("storage"), pickle_global("torch", type), pickle_text(key),
                       pickle_text("cuda:0"), elements}) +
         "Q";
}
const std::string kStorage = storage(pickle_integer(4));
const std::string kNoHooks = "\x89" + pickle_global("collections", "OrderedDict") + ")R";

std::string tensor_of(const std::string& from, std::int64_t offset, const std::string& sizes,
                      const std::string& strides) {
  return pickle_global("torch._utils", "_rebuild_tensor_v2") +
         pickle_tuple({from, pickle_integer(offset), sizes, strides, kNoHooks}) + "R";
}
const std::string kTensor = tensor_of(kStorage, 0, pickle_integers({2, 2}), pickle_integers({2, 1}));

std::string dict_of(const std::string& tensor) { return pickle_dict({pickle_text("w"), tensor}); }

Weights parsed(const std::string& file) { return parse_pytorch(as_bytes(file), "f"); }
Failure refusal(const std::string& file) {
  return error_of([&] { (void)parsed(file); });
}
std::string code(const std::string& value) { return refusal(archive_of(value)).code; }
std::string layout_code(std::int64_t offset, std::initializer_list<std::int64_t> sizes,
                        std::initializer_list<std::int64_t> strides) {
  return code(dict_of(tensor_of(kStorage, offset, pickle_integers(sizes), pickle_integers(strides))));
}

}  // namespace

TEST_CASE("pytorch: Hugging Face's .bin has the same bits as safetensors", "[weights][golden]") {
  check_nano(golden("pytorch_f32.bin"), DType::f32);
  check_nano(golden("pytorch_f16.bin"), DType::f16);
  check_nano(golden("pytorch_bf16.bin"), DType::bf16);
}

TEST_CASE("pytorch: shards form one checkpoint", "[weights][golden]") {
  const std::string index = golden_path("weights/pytorch_sharded/pytorch_model.bin.index.json");
  check_nano(read_shards(index, PyTorch()), DType::f16);
}

TEST_CASE("pytorch: tensors are views into the mapped file", "[weights][golden]") {
  const Weights weights = golden("pytorch_f32.bin");
  for (const std::string& name : weights.names()) {
    CHECK(weights.find(name)->mapped());
    CHECK_FALSE(weights.find(name)->is_deferred());
  }
}

TEST_CASE("pytorch: a TorchScript archive has the tensors of the state_dict it was made from",
          "[weights][golden]") {
  const Weights script = golden("pytorch_openai_jit.pt"), plain = golden("pytorch_openai.pt");
  REQUIRE(script.names() == plain.names());
  CHECK(script.size() == 41);
  for (const std::string& name : script.names()) {
    INFO(name);
    CHECK(script.find(name)->dtype == plain.find(name)->dtype);
    CHECK(script.find(name)->shape == plain.find(name)->shape);
    CHECK(bytes_of(*script.find(name)) == bytes_of(*plain.find(name)));
  }
  CHECK(script.find("visual.conv1.weight")->dtype == DType::f16);
  CHECK(script.find("visual.ln_pre.weight")->dtype == DType::f32);
  CHECK(script.find("transformer.resblocks.0.attn.in_proj_weight")->shape == Shape{48, 16});
  CHECK(script.find("vocab_size")->dtype == DType::i64);
  CHECK(script.find("context_length")->shape.rank() == 0);
}

TEST_CASE("pytorch: OpenAI's and OpenCLIP's files have the tensors of the nano model", "[weights][golden]") {
  const Weights nano = Safetensors().read(golden_path("model/nano_layers1/model.safetensors"));
  const Weights openai = golden("pytorch_openai_jit.pt"),
                openclip = strip_prefixes(golden("pytorch_openclip.pt"));
  CHECK_FALSE(openclip.contains("vocab_size"));
  CHECK(openclip.size() == openai.size() - 3);
  for (const char* name :
       {"visual.conv1.weight", "visual.ln_post.bias", "positional_embedding", "logit_scale"}) {
    INFO(name);
    static const std::map<std::string, std::string, std::less<>> kNames = {
        {"visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"},
        {"visual.ln_post.bias", "vision_model.post_layernorm.bias"},
        {"positional_embedding", "text_model.embeddings.position_embedding.weight"},
        {"logit_scale", "logit_scale"}};
    const StoredTensor& ours = *openai.find(name);
    const ByteView floats = nano.find(kNames.find(name)->second)->bytes();
    CHECK(bytes_of(ours) == converted(floats, ours.dtype));
    CHECK(bytes_of(*openclip.find(name)) == converted(floats, DType::bf16));
  }
}

TEST_CASE("pytorch: views, parameters and every element type", "[weights][golden]") {
  const Weights weights = golden("pytorch_views.pt");
  const auto floats = [&](std::string_view name) {
    const Tensor tensor = to_float(*weights.find(name));
    return std::vector<float>(tensor.data(), tensor.data() + tensor.shape().elements());
  };
  CHECK(weights.find("transposed")->shape == Shape{6, 4});  // K24
  CHECK(weights.find("transposed")->is_deferred());
  CHECK(floats("transposed") == std::vector<float>{0, 6, 12, 18, 1, 7,  13, 19, 2, 8,  14, 20,
                                                   3, 9, 15, 21, 4, 10, 16, 22, 5, 11, 17, 23});
  CHECK_FALSE(weights.find("row")->is_deferred());  // K23: shares the storage of `base`
  CHECK(floats("row") == std::vector<float>{6, 7, 8, 9, 10, 11});
  CHECK(weights.find("row")->bytes().data() == weights.find("base")->bytes().data() + 24);
  CHECK(floats("column") == std::vector<float>{1, 7, 13, 19});
  CHECK(floats("block") == std::vector<float>{8, 9, 10, 14, 15, 16});
  CHECK(floats("steps") == std::vector<float>{0, 5, 10, 15, 20});
  CHECK(floats("parameter") == std::vector<float>{18, 19, 20, 21, 22, 23});
  CHECK(floats("scalar") == std::vector<float>{2.5F});
  CHECK(weights.find("empty")->shape == Shape{0, 3});
  CHECK(floats("permuted") == std::vector<float>{0, 4, 8,  12, 16, 20, 1, 5, 9,  13, 17, 21,
                                                 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23});
  for (const char* name : {"float64", "float16", "bfloat16"})
    CHECK(floats(name) == std::vector<float>{0, 1, 2});
  CHECK(bytes_of(*weights.find("int16")) == "\0\0\1\0\2\0"s);
  CHECK(bytes_of(*weights.find("bool")) == "\1\0"s);
  for (const auto& [name, dtype] : std::map<std::string, DType>{{"int64", DType::i64},
                                                                {"int32", DType::i32},
                                                                {"int8", DType::i8},
                                                                {"uint8", DType::u8},
                                                                {"bool", DType::boolean}}) {
    CHECK(weights.find(name)->dtype == dtype);
  }
}

TEST_CASE("pytorch: files older than the archive format are rejected with a remedy", "[weights][error]") {
  const Failure failure = error_of([] { (void)golden("pytorch_legacy.pt"); });
  CHECK(failure.code == "UNSUP");
  CHECK_THAT(failure.message, Contains("torch.save its state_dict again"));
  CHECK(refusal("storages\0\0\0"s + std::string(600, '\0')).code == "UNSUP");
  const PyTorch format;
  CHECK(
      format.recognizes(as_bytes("\x80\2\x8A\x0Al\xFC\x9C"
                                 "F"s)));
  CHECK(format.recognizes(as_bytes("sys_info\0\0"s)));
  CHECK(format.recognizes(as_bytes("PK\3\4 a zip of pytorch")));
  CHECK_FALSE(format.recognizes(as_bytes("7z\xBC\xAF\x27\x1C")));
  CHECK_FALSE(format.recognizes(as_bytes("")));
  CHECK(format.name() == "pytorch");
}

TEST_CASE("pytorch: other archives", "[weights][error]") {
  CHECK(refusal("7z\xBC\xAF\x27\x1C").code == "MAGIC");  // Z12
  CHECK(refusal(zip_bytes({{"config.json", "{}"}})).code == "MISSING");
  CHECK(refusal(zip_bytes({{"data.pkl", pickle_of("}")}})).code == "MISSING");
  CHECK(refusal(zip_bytes({{"a/data.pkl", pickle_of("}")}, {"b/data.pkl", pickle_of("}")}})).code == "DUP");
  CHECK(refusal(zip_bytes({{"a/b/data.pkl", pickle_of("}")}})).code == "MISSING");
  CHECK(refusal(archive_of(dict_of(kTensor), {{"a/extra/data.pkl", "no pickle"}})).code.empty());
  ZipMember pickle("a/data.pkl", pickle_of(dict_of(kTensor)));
  pickle.crc ^= 1;
  CHECK(refusal(zip_bytes({pickle, {"a/data/0", kFour}})).code == "CORRUPT");  // Z05
  ZipMember data("a/data/0", kFour);
  data.crc ^= 1;
  CHECK(refusal(zip_bytes({{"a/data.pkl", pickle_of(dict_of(kTensor))}, data})).code == "CORRUPT");
  CHECK(code(dict_of(kTensor)).empty());
}

TEST_CASE("pytorch: K05-K06 every global used by known attacks is unsafe", "[weights][error]") {
  // The deny list of picklescan 1.0, the globals of the files in its tests (GHSA-...), and globals that load
  // files.
  const std::vector<std::string> globals = {
      "__builtin__ eval",
      "__builtin__ compile",
      "__builtin__ getattr",
      "__builtin__ apply",
      "__builtin__ exec",
      "__builtin__ open",
      "__builtin__ breakpoint",
      "__builtin__ dict",
      "__builtin__ globals",
      "builtins eval",
      "builtins compile",
      "builtins getattr",
      "builtins apply",
      "builtins exec",
      "builtins open",
      "builtins breakpoint",
      "builtins __import__",
      "aiohttp request",
      "asyncio run",
      "asyncio.unix_events _UnixSubprocessTransport._start",
      "bdb Bdb",
      "bdb Bdb.run",
      "commands getoutput",
      "ctypes CDLL",
      "functools partial",
      "httplib HTTPSConnection",
      "numpy.f2py.crackfortran getlincoef",
      "numpy.testing._private.utils runstring",
      "nt system",
      "posix system",
      "operator attrgetter",
      "operator itemgetter",
      "operator methodcaller",
      "_operator attrgetter",
      "_operator methodcaller",
      "os system",
      "requests.api get",
      "runpy _run_code",
      "shutil rmtree",
      "socket create_connection",
      "ssl get_server_certificate",
      "subprocess run",
      "subprocess Popen",
      "sys exit",
      "code InteractiveInterpreter.runcode",
      "cProfile runctx",
      "cProfile run",
      "distutils.file_util write_file",
      "doctest debug_script",
      "ensurepip _run_pip",
      "idlelib.autocomplete AutoComplete.get_entity",
      "idlelib.autocomplete AutoComplete.fetch_completions",
      "idlelib.calltip Calltip.fetch_tip",
      "idlelib.calltip get_entity",
      "idlelib.debugobj ObjectTreeItem.SetText",
      "idlelib.pyshell ModifiedInterpreter.runcode",
      "idlelib.pyshell ModifiedInterpreter.runcommand",
      "idlelib.run Executive.runcode",
      "lib2to3.pgen2.grammar Grammar.loads",
      "lib2to3.pgen2.pgen ParserGenerator.make_label",
      "pdb run",
      "pickle loads",
      "_pickle loads",
      "pip main",
      "pty spawn",
      "profile Profile.run",
      "profile Profile.runctx",
      "profile run",
      "pydoc locate",
      "pydoc pipepager",
      "timeit timeit",
      "torch._dynamo.guards GuardBuilder.get",
      "torch._inductor.codecache compile_file",
      "torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression",
      "torch.jit.unsupported_tensor_ops execWrapper",
      "torch.serialization load",
      "torch.utils._config_module ConfigModule.load_config",
      "torch.utils.bottleneck.__main__ run_cprofile",
      "torch.utils.bottleneck.__main__ run_autograd_prof",
      "torch.utils.collect_env run",
      "torch.utils.collect_env run_and_read_all",
      "torch.utils.data.datapipes.utils.decoder basichandlers",
      "trace Trace.run",
      "trace Trace.runctx",
      "venv create",
      "webbrowser open",
      "_aix_support _read_cmd_output",
      "_osx_support _read_output",
      "_pyrepl.pager pipe_pager",
      "_codecs encode",
      "_io FileIO",
      "imaplib IMAP4_stream",
      "logging FileHandler",
      "pkgutil resolve_name",
      "test.support.script_helper assert_python_ok",
      "types CodeType",
      "urllib.request urlopen",
      "uuid _get_command_stdout",
      "cloudpickle.cloudpickle _make_function",
      "importlib import_module",
      "marshal loads",
      "torch _utils",
      "torch load",
      "torch.jit load",
      "torch.hub load",
      "numpy load",
      "joblib load",
      "numpy.core.multiarray _reconstruct",
      "torch._utils _rebuild_tensor_v2.__globals__",
      "collections OrderedDict.__class__",
      "__torch__ CLIP",
      "argparse Namespace"};
  for (const std::string& global : globals) {
    INFO(global);
    const std::string module = global.substr(0, global.find(' ')), name = global.substr(global.find(' ') + 1);
    const std::string call = pickle_text("id") + "\x85R";
    CHECK(code(dict_of(pickle_global(module, name) + call)) == "UNSAFE");
    CHECK(code(dict_of(pickle_text(module) + pickle_text(name) + "\x93" + call)) == "UNSAFE");
    const Failure script =
        refusal(archive_of(dict_of(pickle_global(module, name) + call), {{"a/constants.pkl", ""}}));
    CHECK(script.code == "UNSAFE");
  }
}

TEST_CASE("pytorch: an allowed name is unsafe in any other module", "[weights][error]") {
  const std::string module = GENERATE("os", "torch.os", "Torch", "");
  for (const char* name : {"OrderedDict", "_rebuild_tensor_v2", "_rebuild_parameter", "_rebuild_from_type_v2",
                           "Size", "Tensor", "Parameter", "FloatStorage", "UntypedStorage"}) {
    INFO(module << " " << name);
    CHECK(code(dict_of(pickle_global(module, name) + ")R")) == "UNSAFE");
    CHECK(refusal(archive_of(pickle_global(module, name), {{"a/constants.pkl", ""}})).code == "UNSAFE");
  }
  CHECK(code(dict_of(pickle_global("torch", "UntypedStorage"))) == "UNSAFE");
  CHECK(code(dict_of(pickle_global("torch.storage", "FloatStorage"))) == "UNSAFE");
}

TEST_CASE("pytorch: an untyped storage holds bytes", "[weights]") {
  const std::string from =
      pickle_tuple({pickle_text("storage"), pickle_global("torch.storage", "UntypedStorage"),
                    pickle_text("0"), pickle_text("cpu"), pickle_integer(16)}) +
      "Q";
  const std::string archive = archive_of(dict_of(tensor_of(from, 4, "K\4\x85", "K\1\x85")));
  const Weights weights = parsed(archive);
  CHECK(weights.find("w")->dtype == DType::u8);
  CHECK(bytes_of(*weights.find("w")) == kFour.substr(4, 4));
}

TEST_CASE("pytorch: K07, K14, K18 and K32 values that are not a state_dict of dense tensors",
          "[weights][error]") {
  CHECK(code(dict_of(kTensor + pickle_text("k") + "K\1s")) == "HEADER");  // K07
  std::string doubled = "N";
  for (int i = 0; i < 62; ++i) doubled += "q\1h\1\x86";
  const auto begin = std::chrono::steady_clock::now();
  CHECK(code(doubled) == "HEADER");  // K14
  CHECK(code(dict_of(kTensor + "0")) == "UNSAFE");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(10));
  CHECK(code(dict_of(pickle_text("module") + "\x85Q")) == "UNSAFE");  // K18
  CHECK(code("}") == "MISSING");
  CHECK(code(pickle_dict({pickle_text("epoch"), "K\3"})) == "MISSING");
  CHECK(code("N") == "HEADER");
  CHECK(code(kTensor) == "HEADER");
  for (const char* name : {"_rebuild_qtensor", "_rebuild_sparse_tensor", "_rebuild_nested_tensor"}) {  // K32
    CHECK(code(dict_of(pickle_global("torch._utils", name) + ")R")) == "UNSUP");
  }
  CHECK(code(dict_of(tensor_of(storage("K\4", "0", "QInt8Storage"), 0, "K\4\x85", "K\1\x85"))) == "UNSUP");
}

TEST_CASE("pytorch: K19-K20 storages whose size differs from their member", "[weights][error]") {
  const auto with = [](std::int64_t elements, std::string_view type = "FloatStorage") {
    const std::string from = storage(pickle_integer(elements), "0", type);
    return code(dict_of(tensor_of(from, 0, pickle_integers({1}), pickle_integers({1}))));
  };
  CHECK(with(4).empty());
  CHECK(with(-1) == "RANGE");  // K19
  CHECK(with(0x4000000000000001) == "RANGE");
  CHECK(with(0x4000000000000004) == "RANGE");  // times 4 it overflows to the size of the member
  CHECK(with(5) == "RANGE");                   // K20
  CHECK(with(3) == "RANGE");
  CHECK(with(4, "HalfStorage") == "RANGE");
  CHECK(with(8, "HalfStorage").empty());
}

TEST_CASE("pytorch: K21-K22 sizes and strides outside the storage", "[weights][error]") {
  CHECK(layout_code(0, {2, 2}, {2, 1}).empty());
  CHECK(layout_code(0, {2, 2}, {1, 2}).empty());
  CHECK(layout_code(0, {1 << 21, 1 << 21}, {0, 0}) == "RANGE");  // K21
  CHECK(layout_code(0, {2, 2}, {0, 1}) == "RANGE");
  CHECK(layout_code(0, {1, 4}, {0, 1}).empty());
  CHECK(layout_code(0, {2}, {-1}) == "RANGE");  // K22
  CHECK(layout_code(-1, {2}, {1}) == "RANGE");
  CHECK(layout_code(0, {-2}, {1}) == "RANGE");
  CHECK(layout_code(4, {1}, {1}) == "RANGE");
  CHECK(layout_code(3, {1}, {1}).empty());
  CHECK(layout_code(3, {2}, {1}) == "RANGE");
  CHECK(layout_code(0, {2, 2}, {3, 1}) == "RANGE");
  CHECK(layout_code(0, {3, 2}, {1, 1}) == "RANGE");  // more elements than the storage has
  CHECK(layout_code(0, {1LL << 62, 4}, {1, 1}) == "RANGE");
  CHECK(layout_code(0, {2, 2}, {INT64_MAX, INT64_MAX}) == "RANGE");
  CHECK(layout_code(INT64_MAX, {2}, {1}) == "RANGE");
  CHECK(layout_code(0, {4}, {0x5555555555555556}) == "RANGE");  // three steps are 2^64 + 2
  CHECK(layout_code(4, {0}, {1}).empty());
  CHECK(layout_code(5, {0}, {1}) == "RANGE");
  CHECK(layout_code(0, {2, 2}, {2}) == "HEADER");
  CHECK(layout_code(0, {1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1}).empty());
  CHECK(layout_code(0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}) == "LIMIT");
}

TEST_CASE("pytorch: K23 two tensors in one storage", "[weights]") {
  const std::string file = archive_of(pickle_dict(
      {pickle_text("a"), kTensor, pickle_text("b"), tensor_of(kStorage, 1, "K\2\x85", "K\1\x85")}));
  const Weights weights = parsed(file);
  CHECK(bytes_of(*weights.find("a")) == kFour);
  CHECK(bytes_of(*weights.find("b")) == little({2, 3}));
  CHECK(weights.find("b")->bytes().data() == weights.find("a")->bytes().data() + 4);
}

TEST_CASE("pytorch: K25-K26 invalid and missing storage keys", "[weights][error]") {
  const std::string key = GENERATE("../data.pkl"s, "0\0"s, "/etc/passwd"s, ".."s, "."s, ""s, "a\\b"s);
  const std::string from = storage(pickle_integer(4), key);
  CHECK(code(dict_of(tensor_of(from, 0, "K\4\x85", "K\1\x85"))) == "UNSAFE");  // K25
  const std::string absent = storage(pickle_integer(4), "1");
  const Failure failure = refusal(archive_of(dict_of(tensor_of(absent, 0, "K\4\x85", "K\1\x85"))));
  CHECK(failure.code == "MISSING");  // K26
  CHECK(failure.message == "f: w: refers to a/data/1, which is not in the archive");
}

TEST_CASE("pytorch: K27 the byte order", "[weights][error]") {
  const std::string value = dict_of(kTensor);
  CHECK(refusal(archive_of(value, {{"a/byteorder", "big"}})).code == "UNSUP");
  CHECK(refusal(archive_of(value, {{"a/byteorder", "little"}})).code.empty());
  CHECK(refusal(archive_of(value, {{"a/byteorder", ""}})).code == "UNSUP");
  CHECK(refusal(archive_of(value, {{"a/byteorder", std::string(17, 'x')}})).code == "LIMIT");
}

TEST_CASE("pytorch: K28 keys", "[weights][error]") {
  CHECK(code(pickle_dict({"K\1", kTensor})) == "HEADER");
  CHECK(code(pickle_dict({pickle_text("w"), kTensor, pickle_text("w"), kTensor})) == "DUP");
  CHECK(code(pickle_dict({pickle_text(""), kTensor})) == "HEADER");
  CHECK(code(pickle_dict({pickle_text("w\0"s), kTensor})) == "HEADER");
  CHECK(code(pickle_dict({pickle_text(std::string(1025, 'n')), kTensor})) == "LIMIT");
}

TEST_CASE("pytorch: K29 wrapper prefixes of training programs are stripped", "[weights]") {
  const std::string wrapper = GENERATE("state_dict", "model", "model_state_dict");
  const std::string inner =
      pickle_dict({pickle_text("module._orig_mod.w"), kTensor, pickle_text("step"), "K\3"});
  const std::string value = pickle_dict({pickle_text("epoch"), "K\3", pickle_text(wrapper), inner,
                                         pickle_text("optimizer"), pickle_dict({"K\0"s, kTensor})});
  const Weights weights = parsed(archive_of(value));
  CHECK(weights.names() == std::vector<std::string>{"module._orig_mod.w"});
}

TEST_CASE("pytorch: a tensor may have the name of a wrapper", "[weights]") {
  const std::string name = GENERATE("state_dict", "model", "model_state_dict");
  const Weights weights =
      parsed(archive_of(pickle_dict({pickle_text(name), kTensor, pickle_text("w"), kTensor})));
  CHECK(weights.names().size() == 2);
  CHECK(weights.contains(name));
}

TEST_CASE("pytorch: K30-K31 members that are never read, and types without a function", "[weights][error]") {
  const std::string object = pickle_global("__torch__", "M") + ")\x81";
  const std::string inner = object + pickle_dict({pickle_text("w"), kTensor, pickle_text("n"), "K\1"}) + "b";
  const std::string module =
      object +
      pickle_dict({pickle_text("m"), inner, pickle_text("training"), "\x89", pickle_text("empty"), object,
                   pickle_text("odd"), object + "K\1b"}) +
      "b";
  ZipMember code_member("a/code/__torch__.py", "system('id')");  // K30: not even its checksum is verified
  code_member.crc ^= 1;
  const Weights weights = parsed(archive_of(module, {{"a/constants.pkl", "cos\nsystem\n."}, code_member}));
  CHECK(weights.names() == std::vector<std::string>{"m.w"});
  CHECK(code(module) == "UNSAFE");  // not a TorchScript archive

  const std::string rebuild = pickle_global("torch._tensor", "_rebuild_from_type_v2");
  const std::string function = pickle_global("torch._utils", "_rebuild_tensor_v2");
  const std::string arguments = pickle_tuple({kStorage, "K\0"s, "K\4\x85", "K\1\x85", kNoHooks});
  const std::string type = pickle_global("torch.nn.parameter", "Parameter");
  CHECK(code(dict_of(rebuild + pickle_tuple({function, type, arguments, "}"}) + "R")).empty());
  CHECK(code(dict_of(rebuild + pickle_tuple({"N", type, arguments, "}"}) + "R")) == "HEADER");  // K31
  CHECK(code(dict_of(rebuild + pickle_tuple({function, "N", arguments, "}"}) + "R")) == "HEADER");
  CHECK(code(dict_of(rebuild + ")R")) == "HEADER");
  CHECK(code(dict_of(rebuild + pickle_tuple({type, type, arguments, "}"}) + "R")) == "HEADER");
  const std::string parameter = pickle_global("torch._utils", "_rebuild_parameter");
  CHECK(code(dict_of(parameter + pickle_tuple({"K\1", kNoHooks}) + "R")) == "HEADER");
  CHECK(code(dict_of(parameter + pickle_tuple({kTensor, kNoHooks}) + "R")).empty());
}

TEST_CASE("pytorch: tensors whose arguments are of the wrong kind", "[weights][error]") {
  const std::string rebuild = pickle_global("torch._utils", "_rebuild_tensor_v2");
  CHECK(code(dict_of(rebuild + ")R")) == "HEADER");
  CHECK(code(dict_of(rebuild + pickle_tuple({"K\1", "K\0"s, "K\4\x85", "K\1\x85"}) + "R")) == "HEADER");
  CHECK(code(dict_of(tensor_of(kStorage, 0, "K\4", "K\1\x85"))) == "HEADER");
  CHECK(code(dict_of(tensor_of(kStorage, 0, "N\x85", "K\1\x85"))) == "HEADER");
  const std::string shorter =
      pickle_tuple({pickle_text("storage"), pickle_global("torch", "FloatStorage")}) + "Q";
  CHECK(code(dict_of(tensor_of(shorter, 0, "K\4\x85", "K\1\x85"))) == "HEADER");
  const std::string size = storage("K\4", "0", "Size");
  CHECK(code(dict_of(tensor_of(size, 0, "K\4\x85", "K\1\x85"))) == "HEADER");
}

TEST_CASE("pytorch: an object that is shared very often is rejected quickly", "[weights][error]") {
  const std::string object = pickle_global("__torch__", "M") + ")\x81";
  std::string value = object + pickle_dict({pickle_text("w"), kTensor}) + "b";
  for (int i = 0; i < 25; ++i) {
    value += "q\1";
    value = object + "}(" + pickle_text("a") + value + pickle_text("b") + "h\1ub";
  }
  const auto begin = std::chrono::steady_clock::now();
  CHECK(refusal(archive_of(value, {{"a/constants.pkl", ""}})).code == "LIMIT");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("pytorch: inflated storages stay alive", "[weights]") {
  ZipMember data("a/data/0", kFour);
  data.bytes = "\1\x10\0\xEF\xFF"s + kFour;  // one stored block
  data.stored_size = 21;
  data.method = 8;
  const std::string file = zip_bytes({{"a/data.pkl", pickle_of(dict_of(kTensor))}, data});
  const Weights weights = parse_pytorch(as_bytes(file), "f", true);
  CHECK(bytes_of(*weights.find("w")) == kFour);
  CHECK_FALSE(weights.find("w")->mapped());
}

TEST_CASE("pytorch: a file truncated at any byte is rejected", "[weights][error]") {
  const std::string file = archive_of(dict_of(kTensor));
  CHECK(refusal(file).code.empty());
  for (std::size_t size = 4; size < file.size(); ++size) CHECK(refusal(file.substr(0, size)).code == "TRUNC");
}
