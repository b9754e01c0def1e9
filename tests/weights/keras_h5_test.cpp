// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/keras_h5.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include "sightline/containers/hdf5_writer.h"
#include "sightline/containers/zip.h"
#include "sightline/files/file.h"
#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/keras_h5_writer.h"
#include "sightline/weights/names.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"
#include "support/zip_bytes.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const KerasH5Options kNanoHeads{.vision_heads = 2, .text_heads = 2};

Weights nano_model() { return Safetensors().read(golden_path("model/nano_layers1/model.safetensors")); }

// The member of an archive that contains the weights.
std::string weights_member(const std::string& archive_path) {
  const auto file = MappedFile::open(archive_path);
  const ZipArchive archive(file->bytes(), archive_path);
  const ZipContent content = archive.read(*archive.find("model.weights.h5"), 1 << 20);
  return std::string(as_text(content.bytes));
}

std::string keras_file(const TempFolder& folder, std::string_view name, const Weights& canonical,
                       const KerasH5Options& options) {
  OutputFile out(folder / name, true);
  write_keras_h5(out, canonical, options);
  out.commit();
  return folder / name;
}

std::string bytes_of(const Weights& weights, std::string_view name) {
  return std::string(as_text(weights.find(name)->bytes()));
}

// Both contain the same tensors: names, types, shapes and bytes.
void check_same(const Weights& actual, const Weights& expected) {
  REQUIRE(actual.names() == expected.names());
  for (const std::string& name : expected.names()) {
    INFO(name);
    const StoredTensor *a = actual.find(name), *e = expected.find(name);
    CHECK(a->dtype == e->dtype);
    CHECK(to_string(a->shape) == to_string(e->shape));
    CHECK(bytes_of(actual, name) == bytes_of(expected, name));
  }
}

// Values that increase by one half, as scripts/golden/keras_files.py assigns them in the small model.
void check_counting(const Weights& weights, DType dtype) {
  float next = 0;
  for (const std::string name :
       {"layers/dense/vars/0", "layers/dense/vars/1", "layers/dense_1/vars/0", "layers/dense_1/vars/1"}) {
    INFO(name);
    REQUIRE(weights.contains(name));
    CHECK(weights.find(name)->dtype == dtype);
    const Tensor floats = to_float(*weights.find(name));
    for (const float value : floats.view().flat()) {
      CHECK(value == next);
      next += 0.5F;
    }
  }
  CHECK(next == 18.0F);
  CHECK(weights.size() == 4);
}

}  // namespace

TEST_CASE("keras h5: tensors are named by their paths, and layer names are metadata", "[weights][golden]") {
  const Weights weights = KerasH5().read(golden_path("weights/keras_small.weights.h5"));
  check_counting(weights, DType::f32);
  CHECK(weights.find("layers/dense/vars/0")->shape == Shape{3, 4});
  CHECK(weights.find("layers/dense/vars/0")->mapped());
  CHECK(weights.metadata().at("layers/dense/vars") == "first");
  CHECK(weights.metadata().at("layers/dense_1/vars") == "second");
  CHECK(weights.metadata().at("vars") == "small");
}

TEST_CASE("keras h5: a .keras archive is the same file inside", "[weights][golden]") {
  const std::string path = golden_path("weights/keras_small.keras");
  const Weights weights = KerasArchive().read(path);
  check_counting(weights, DType::f32);
  CHECK(weights.find("layers/dense/vars/0")->mapped());
  CHECK(weights.metadata().at("layers/dense/vars") == "first");
  CHECK_THAT(weights.metadata().at("config.json"), Contains("\"class_name\": \"Functional\""));
}

TEST_CASE("keras h5: shards and their index, bfloat16", "[weights][golden]") {
  const Weights weights = read_keras_shards(golden_path("weights/keras_sharded/model.weights.json"));
  check_counting(weights, DType::bf16);
  CHECK(weights.metadata().at("layers/dense_1/vars") == "second");
}

TEST_CASE("keras h5: opaque elements are rejected unless they are bfloat16", "[weights][error]") {
  const TempFolder folder;
  const auto read = [&](Hdf5Type type, std::int64_t bytes, const Hdf5Attributes& attributes) {
    {
      OutputFile out(folder / "w", true);
      write_hdf5(
          out,
          {{.path = "d",
            .type = type,
            .element_bytes = bytes,
            .shape = {1},
            .attributes = attributes,
            .write = [&](OutputFile& to) { to.write(std::string(static_cast<std::size_t>(bytes), '\0')); }}},
          {});
      out.commit();
    }
    return KerasH5().read(folder / "w");
  };
  CHECK(read(Hdf5Type::opaque, 2, {{"dtype", "bfloat16"}}).find("d")->dtype == DType::bf16);
  CHECK(read(Hdf5Type::bf16, 2, {{"dtype", "bfloat16"}}).find("d")->dtype == DType::bf16);
  CHECK(read(Hdf5Type::bf16, 2, {}).find("d")->dtype == DType::bf16);
  CHECK(read(Hdf5Type::u32, 4, {}).find("d")->dtype == DType::other);
  CHECK(read(Hdf5Type::i64, 8, {}).find("d")->dtype == DType::i64);
  CHECK(error_of([&] { read(Hdf5Type::opaque, 2, {}); }) ==
        Failure{"TYPE", folder / "w" + ": d: contains opaque elements of 2 bytes, expected numbers"});
  CHECK(error_of([&] { read(Hdf5Type::opaque, 2, {{"dtype", "int4"}}); }).code == "TYPE");
  CHECK(error_of([&] { read(Hdf5Type::opaque, 4, {{"dtype", "bfloat16"}}); }).code == "TYPE");
  CHECK(error_of([&] { read(Hdf5Type::u16, 2, {{"dtype", "bfloat16"}}); }).code == "TYPE");
}

TEST_CASE("keras h5: archives that lack something", "[weights][error]") {
  const TempFolder folder;
  const std::string h5 = weights_member(golden_path("weights/keras_small.keras"));
  const auto failure = [&](const std::vector<ZipMember>& members) {
    const std::string path = folder.write("m.keras", zip_bytes(members));
    return error_of([&] { (void)KerasArchive().read(path); });
  };
  const ZipMember config("config.json", "{}"), weights("model.weights.h5", h5);
  CHECK(failure({config, weights}).code.empty());
  CHECK(failure({config}).code == "MISSING");
  CHECK(failure({weights}).code == "MISSING");
  CHECK(failure({ZipMember("config.json", "{"), weights}).code == "HEADER");
  CHECK(failure({config, ZipMember("model.weights.h5", h5.substr(0, 5000))}).code == "TRUNC");
  CHECK(failure({config, ZipMember("model.weights.h5", "PK")}).code == "MAGIC");
}

TEST_CASE("keras h5: H17 layers of code are named and never run", "[weights][error]") {
  const TempFolder folder;
  const std::string h5 = weights_member(golden_path("weights/keras_small.keras"));
  const auto failure = [&](const std::string& config) {
    const std::string path = folder.write(
        "m.keras", zip_bytes({ZipMember("config.json", config), ZipMember("model.weights.h5", h5)}));
    return error_of([&] { (void)KerasArchive().read(path); });
  };
  const Failure lambda = failure(
      R"({"class_name":"Functional","config":{"layers":[{"module":"keras.layers","class_name":"Lambda",)"
      R"("config":{"function":{"module":"os","class_name":"function","config":"system"}}}]}})");
  CHECK(lambda.code == "UNSUP");
  CHECK_THAT(lambda.message, Contains("config.layers[0].class_name: is a layer with code (Lambda)"));
  CHECK(failure(R"({"config":[{"function":{"class_name":"__lambda__","config":{"code":"4wAA"}}}]})").code ==
        "UNSUP");
  CHECK(failure(R"({"class_name":"Functional","config":{"name":"Lambda"}})").code.empty());
}

TEST_CASE("keras h5: H18 weights that inflate as no weights do", "[weights][error]") {
  const TempFolder folder;
  const auto failure = [&](std::uint32_t size) {
    ZipMember weights("model.weights.h5", std::string(1000, '\0'));
    weights.method = 8;
    weights.size = size;
    const std::string path = folder.write("m.keras", zip_bytes({ZipMember("config.json", "{}"), weights}));
    return error_of([&] { (void)KerasArchive().read(path); });
  };
  const Failure bomb = failure(1'000'000);
  CHECK(bomb.code == "LIMIT");
  CHECK_THAT(bomb.message, Contains("inflates from 1000 to 1000000 bytes, a ratio above the limit of 200"));
  CHECK(failure(200'000).code == "LIMIT");
  CHECK(failure(199'999).code == "CORRUPT");  // examined, and found not to be a deflate stream
}

TEST_CASE("keras h5: shards that differ from their index", "[weights][error]") {
  const TempFolder folder;
  const std::string from = golden_path("weights/keras_sharded/model_0000");
  folder.write("a.h5", read_text(from + "0.weights.h5"));
  folder.write("b.h5", read_text(from + "1.weights.h5"));
  const auto failure = [&](const std::string& map) {
    const std::string path = folder.write("model.weights.json", R"({"weight_map":)" + map + "}");
    return error_of([&] { (void)read_keras_shards(path); });
  };
  CHECK(failure(R"({"/layers/dense/vars":"a.h5","/layers/dense_1/vars":["b.h5"]})").code.empty());
  CHECK(failure(R"({"/layers/dense/vars":"a.h5","/layers/dense_1/vars":["a.h5","b.h5"]})").code == "MISSING");
  CHECK(failure(R"({"/layers/dense/vars":"b.h5","/layers/dense_1/vars":"a.h5"})").code == "MISSING");
  CHECK(failure(R"({"/layers/dense/vars":"a.h5"})").code.empty());
  CHECK(failure(R"({"/layers/dense/vars":"a.h5","/vars":"b.h5"})").code == "MISSING");
  CHECK(failure(R"({"/layers/dense/vars":"a.h5","/layers/dense_1/vars":"c.h5"})").code == "MISSING");
  CHECK(failure(R"({"/layers/dense/vars":"../a.h5"})").code == "UNSAFE");
  CHECK(failure(R"({"/layers/dense/vars":[".."]})").code == "UNSAFE");
  CHECK(failure(R"({"/layers/dense/vars":"."})").code == "UNSAFE");
  CHECK(failure(R"({"/layers/dense/vars":""})").code == "UNSAFE");
  CHECK(failure(R"({"/layers/dense/vars":["a.h5",""]})").code == "UNSAFE");
  const auto shards = [](int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\"";
    return R"({"/vars":[)" + list + "]}";
  };
  CHECK(failure(shards(1000)).code == "MISSING");
  CHECK_THAT(failure(shards(1001)).message, Contains("lists more than 1000 shards"));
  CHECK(failure(R"({"/layers/dense/vars":7})").code == "TYPE");
  CHECK(failure("{}").code == "MISSING");
  folder.write("c.h5", read_text(golden_path("weights/keras_small.weights.h5")));
  CHECK(failure(R"({"/layers/dense/vars":"c.h5"})").code == "MISMATCH");
  CHECK(failure(R"({"/layers/dense/vars":["a.h5","c.h5"]})").code == "DUP");
}

TEST_CASE("keras h5: recognized by their first bytes", "[weights]") {
  const std::string h5 = read_text(golden_path("weights/keras_small.weights.h5"));
  const std::string keras = read_text(golden_path("weights/keras_small.keras"));
  CHECK(KerasH5().recognizes(as_bytes(h5).first(64)));
  CHECK_FALSE(KerasH5().recognizes(as_bytes(keras).first(64)));
  CHECK_FALSE(KerasH5().recognizes(as_bytes("\x89HDF")));
  CHECK(KerasArchive().recognizes(as_bytes(keras).first(64)));
  CHECK(KerasArchive().recognizes(as_bytes(read_text(golden_path("weights/keras_cv.keras"))).first(64)));
  CHECK_FALSE(KerasArchive().recognizes(as_bytes(h5).first(64)));
  CHECK_FALSE(KerasArchive().recognizes(as_bytes(zip_bytes({ZipMember("archive/data.pkl", "x")})).first(64)));
  CHECK_FALSE(KerasArchive().recognizes(as_bytes("PK\x03\x04")));
  CHECK(KerasArchive().recognizes(as_bytes(keras).first(43)));  // up to the end of its first name
  CHECK_FALSE(KerasArchive().recognizes(as_bytes(keras).first(30)));
  CHECK_FALSE(KerasArchive().recognizes(as_bytes("not" + keras.substr(3)).first(64)));
}

TEST_CASE("keras h5: KerasHub's file is the nano model, bit for bit", "[weights][golden]") {
  check_same(to_canonical(KerasH5().read(golden_path("weights/keras_hub/model.weights.h5"))), nano_model());
}

TEST_CASE("keras h5: KerasCV's file is the nano model, bit for bit, inflated and plain",
          "[weights][golden]") {
  const std::string path = golden_path("weights/keras_cv.keras");
  check_same(to_canonical(KerasArchive().read(path)), nano_model());
  const TempFolder folder;
  const std::string plain = folder.write("model.weights.h5", weights_member(path));
  check_same(to_canonical(KerasH5().read(plain)), nano_model());
}

TEST_CASE("keras h5 writer: the datasets are those that KerasHub writes", "[weights][golden]") {
  const TempFolder folder;
  const Weights written = KerasH5().read(keras_file(folder, "w", nano_model(), kNanoHeads));
  const Weights expected = KerasH5().read(golden_path("weights/keras_hub/model.weights.h5"));
  check_same(written, expected);
  std::set<std::string> groups;
  for (const std::string& name : written.names()) groups.insert(name.substr(0, name.rfind('/')));
  CHECK(written.metadata().size() == groups.size());
  for (const std::string& group : groups) {
    INFO(group);
    CHECK(written.metadata().at(group) == expected.metadata().at(group));
  }
}

TEST_CASE("keras h5 writer: the same bytes every time, and a way back for every type",
          "[weights][property]") {
  const TempFolder folder;
  const std::string dtype = GENERATE("keep", "f32", "f16", "bf16");
  KerasH5Options options = kNanoHeads;
  if (dtype == "f32") options.dtype = DType::f32;
  if (dtype == "f16") options.dtype = DType::f16;
  if (dtype == "bf16") options.dtype = DType::bf16;
  const Weights model = nano_model();
  const Weights first = to_canonical(KerasH5().read(keras_file(folder, "a", model, options)));
  for (const std::string& name : model.names()) {
    INFO(name);
    REQUIRE(first.contains(name));
    CHECK(first.find(name)->dtype == options.dtype.value_or(DType::f32));
    CHECK(first.find(name)->shape == model.find(name)->shape);
    const Tensor before = to_float(*model.find(name)), after = to_float(*first.find(name));
    for (std::int64_t i = 0; i < before.shape().elements(); ++i) {
      const float value = before.data()[i];
      const float expected = dtype == "f16"    ? f16_to_float(float_to_f16(value))
                             : dtype == "bf16" ? bf16_to_float(float_to_bf16(value))
                                               : value;
      if (after.data()[i] != expected) FAIL("element " << i << " is " << after.data()[i]);
    }
  }
  // Writing what was read, with deferred tensors, gives the same file.
  keras_file(folder, "b", first, kNanoHeads);
  CHECK(folder.read("a") == folder.read("b"));
}

TEST_CASE("keras h5 writer: further layers count up, and each needs all its tensors", "[weights]") {
  const TempFolder folder;
  Weights model = nano_model();
  const std::string zero = "text_model.encoder.layers.0.", one = "text_model.encoder.layers.1.";
  for (const std::string& name : model.names()) {
    if (name.starts_with(zero)) model.add(one + name.substr(zero.size()), *model.find(name));
  }
  const Weights written = KerasH5().read(keras_file(folder, "w", model, kNanoHeads));
  const std::string layers = "layers/clip_text_encoder/layers/clip_encoder_layer";
  CHECK(written.contains(layers + "/attention/query_dense/vars/0"));
  CHECK(written.contains(layers + "_1/attention/query_dense/vars/0"));
  CHECK(written.metadata().at(layers + "_1/attention/query_dense/vars") == "query");
  check_same(to_canonical(KerasH5().read(folder / "w")), model);

  (void)model.extract(one + "mlp.fc1.bias");
  const Failure failure = error_of([&] { keras_file(folder, "v", model, kNanoHeads); });
  CHECK(failure.code == "MISSING");
  CHECK(failure.message == one + "mlp.fc1.bias: is not in the weights, but KerasHub's CLIPBackbone needs it");
}

TEST_CASE("keras h5 writer: rejects tensors that do not fit the layout", "[weights][error]") {
  const TempFolder folder;
  const auto code = [&](const Weights& model, const KerasH5Options& options) {
    return error_of([&] { keras_file(folder, "w", model, options); }).code;
  };
  CHECK(code(nano_model(), {.vision_heads = 3, .text_heads = 2}) == "MISMATCH");
  CHECK(code(nano_model(), {.vision_heads = 2, .text_heads = 0}) == "MISMATCH");
  CHECK(code(nano_model(), {.vision_heads = 2, .text_heads = 2, .dtype = DType::i8}) == "TYPE");
  Weights more = nano_model();
  const std::vector<std::byte> bytes(8);
  more.add("text_model.embeddings.position_ids", {DType::i64, Shape{1}, bytes});
  CHECK(code(more, kNanoHeads) == "MISMATCH");
  Weights less = nano_model();
  (void)less.extract("logit_scale");
  CHECK(code(less, kNanoHeads) == "MISSING");
  less.add("logit_scale", {DType::i64, Shape{}, bytes});
  CHECK(code(less, kNanoHeads) == "TYPE");
  Weights bent = nano_model();
  const StoredTensor positions = bent.extract("vision_model.embeddings.position_embedding.weight");
  bent.add("vision_model.embeddings.position_embedding.weight",
           {positions.dtype, Shape{positions.shape.elements()}, positions.bytes()});
  CHECK(code(bent, kNanoHeads) == "MISMATCH");
  CHECK(folder.entries() == 0);
}
