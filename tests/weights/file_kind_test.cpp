// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/file_kind.h"

#include <utility>

#include "sightline/weights/foreign_names.h"
#include "sightline/weights/names.h"
#include "sightline/weights/weight_folder.h"
#include "sightline/weights/weight_format.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

Failure loading(const std::string& path) {
  return error_of([&] { (void)load_weights(path); });
}

const std::string kPointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";

// A safetensors file of empty tensors, optionally in float8.
std::string safetensors(const std::vector<std::string>& names, const std::string& dtype = "F32") {
  std::string header = "{";
  for (const std::string& name : names) {
    header += (header.size() > 1 ? ",\"" : "\"") + name + R"(":{"dtype":")" + dtype +
              R"(","shape":[0],"data_offsets":[0,0]})";
  }
  header += "}";
  std::string file(8, '\0');
  file[0] = static_cast<char>(header.size() & 0xFF);
  file[1] = static_cast<char>(header.size() >> 8);
  return file + header;
}

}  // namespace

TEST_CASE("file_kind: a file in place of weights is MAGIC, with a description", "[weights][error]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<!DOCTYPE html><html><body>x</body></html>", "an HTML page"},
      {"\xEF\xBB\xBF \n<HTML>" + std::string(5000, 'x'), "an HTML page"},
      {"Entry not found", "a server response, \"Entry not found\""},
      {"Invalid username or password.\n", "a server response"},
      {"Access to model x is restricted", "a server response"},
      {kPointer, "git lfs pull"},
      {"just some text\nmore", "is a text file, not weights: \"just some text\""},
      {R"({"error":"Not found"})", R"(is a text file, not weights: "{"error")"},
  };
  const std::string name = GENERATE("model.safetensors", "pytorch_model.bin", "ViT.pt", "x.gguf",
                                    "model.weights.h5", "MODEL.SAFETENSORS");
  for (const auto& [content, words] : cases) {
    const TempFolder folder;
    folder.write(name, content);
    for (const std::string& path : {folder.path(), folder / name}) {
      INFO(name << ": " << content.substr(0, 30));
      CHECK(loading(path).code == "MAGIC");
      CHECK_THAT(loading(path).message, Contains(words));
    }
  }
}

TEST_CASE("file_kind: an empty file is reported as such", "[weights][error]") {
  const TempFolder folder;
  CHECK(loading(folder.write("w.bin", "")).code == "MAGIC");
  CHECK_THAT(loading(folder / "w.bin").message, Contains("is empty"));
  CHECK(loading(folder.write("w.safetensors", "")).code == "TRUNC");  // S01
  CHECK(loading(folder.write("x.safetensors", "1234567")).code == "TRUNC");
  CHECK(loading(folder.write("y.safetensors", std::string(16, '\xFF'))).code == "LIMIT");
}

TEST_CASE("file_kind: formats of other programs are identified by their bytes, whatever the name",
          "[weights][error]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x08\x08\x12\x07pytorch\x1A\x05"
       "2.3.1:"s,
       "an ONNX graph"},
      {"\x81\xA6params\x82"s, "a Flax checkpoint"},
      {"\xDE\x00\x10\xD9\x20text"s, "a Flax checkpoint"},
      {"\x1C\0\0\0TFL3\0\0"s, "a TensorFlow Lite model"},
      {"\x93NUMPY\1\0v\0"s, "a NumPy array"},
      {"\x1F\x8B\x08\0\0\0\0\0\0\0"s, "a gzip archive"},
      {"\x28\xB5\x2F\xFD\0\0\0\0"s, "a zstd archive"},
      {"\x89PNG\r\n\x1A\n\0\0"s, "a PNG image"},
      {"model/" + std::string(251, '\0') + "ustar\0"s + std::string(300, '\0'), "a tar archive"},
  };
  const TempFolder folder;
  for (const char* name : {"model.safetensors", "pytorch_model.bin"}) {
    for (const auto& [content, words] : cases) {
      INFO(name << ": " << words);
      const std::string path = folder.write(name, content);
      CHECK(loading(path).code == "UNSUP");
      CHECK_THAT(loading(path).message, Contains("is " + words) && Contains("expected a supported format"));
    }
  }
}

TEST_CASE("file_kind: a shard that is not a weight file is named", "[weights][error]") {
  const TempFolder folder;
  const auto [index, shard] = GENERATE(std::pair("model.safetensors.index.json", "a.safetensors"),
                                       std::pair("pytorch_model.bin.index.json", "a.bin"));
  folder.write(index, R"({"weight_map":{"logit_scale":")" + std::string(shard) + R"("}})");
  CHECK(loading(folder.path()).code == "MISSING");
  CHECK_THAT(loading(folder.path()).message, Contains(std::string(shard) + ": is listed in"));
  folder.write(shard, kPointer);
  CHECK(loading(folder.path()).code == "MAGIC");
  CHECK_THAT(loading(folder.path()).message, Contains(shard) && Contains("git lfs pull"));
  folder.write(index, kPointer);
  CHECK_THAT(loading(folder.path()).message, Contains(index) && Contains("git lfs pull"));
}

TEST_CASE("weight_folder: .ckpt, upper-case extensions, and files that a training leaves beside",
          "[weights]") {
  const std::string name = GENERATE("epoch_1.ckpt", "MODEL.SAFETENSORS", "ViT-B-32.PT", "Clip.Ckpt");
  const TempFolder folder;
  folder.write("optimizer.pt", "x");
  folder.write("training_args.bin", "x");
  folder.write("config.json", "{}");
  folder.write("model.onnx", "x");
  CHECK(error_of([&] { (void)weight_file_of(folder.path()); }).code == "UNSUP");
  folder.write(name, "x");
  CHECK(weight_file_of(folder.path()) == folder / name);
}

TEST_CASE("weight_folder: model.safetensors is read before its index, and that before .bin", "[weights]") {
  const TempFolder folder;
  for (const char* name : {"model.fp16.safetensors", "pytorch_model.bin.index.json", "pytorch_model.bin",
                           "model.safetensors.index.json", "model.safetensors"}) {
    folder.write(name, "x");
    CHECK(weight_file_of(folder.path()) == folder / name);
  }
  folder.write("config.json", R"({"transformers_weights": "model.fp16.safetensors"})");
  CHECK(weight_file_of(folder.path()) == folder / "model.fp16.safetensors");
  const auto with = [&](const std::string& value) {
    folder.write("config.json", R"({"transformers_weights": )" + value + "}");
    return error_of([&] { (void)weight_file_of(folder.path()); }).code;
  };
  CHECK(with("null").empty());
  CHECK(with(R"("absent.safetensors")") == "MISSING");
  CHECK(with(R"("../model.safetensors")") == "UNSAFE");
  CHECK(with(R"("/etc/model.safetensors")") == "UNSAFE");
  CHECK(with(R"("pytorch_model.bin")") == "UNSUP");
  CHECK(with("1") == "TYPE");
}

TEST_CASE("weight_folder: the error for a folder without weights hints at alternatives", "[weights][error]") {
  const TempFolder folder;
  folder.write("model.safetensors.part", "x");
  CHECK(loading(folder.path()).code == "MISSING");
  CHECK_THAT(loading(folder.path()).message, Contains("model.safetensors.part is an unfinished download"));
  const TempFolder outer;
  std::filesystem::create_directory(outer / "inner");
  outer.write("inner/model.safetensors", "x");
  CHECK_THAT(loading(outer.path()).message,
             Contains("contains no weights; the subfolder inner contains some"));
}

TEST_CASE("foreign_names: the family of another model is named", "[weights][error]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"bert.embeddings.word_embeddings.weight", "BERT"},
      {"model.layers.0.self_attn.q_proj.weight", "Llama"},
      {"transformer.h.0.attn.c_attn.weight", "GPT-2"},
      {"down_blocks.0.attentions.0.norm.weight", "Stable Diffusion"},
      {"cond_stage_model.transformer.text_model.final_layer_norm.bias", "Stable Diffusion"},
      {"language_model.model.layers.0.mlp.weight", "vision-language model"},
      {"clip/text_model/encoder/layers_._0/mlp/fc1/kernel:0", "tf_model.h5"},
      {"blocks.0.attn.qkv.weight", "timm"},
  };
  const TempFolder folder;
  for (const auto& [name, words] : cases) {
    INFO(name);
    folder.write("model.safetensors", safetensors({name}));
    CHECK(loading(folder.path()).code == "UNSUP");
    CHECK_THAT(loading(folder.path()).message, Contains("the names look like those of") && Contains(words));
  }
  folder.write("model.safetensors", safetensors({"unheard.of"}));
  CHECK_THAT(loading(folder.path()).message, !Contains("look like"));
}

TEST_CASE("foreign_names: GGUF states its architecture", "[weights]") {
  Weights weights;
  weights.set_metadata("general.architecture", "llama");
  CHECK(family_of_names(weights) == "a model with the architecture llama, according to the file");
  weights.set_metadata("general.architecture", "clip");
  CHECK(family_of_names(weights).empty());
}

TEST_CASE("foreign_names: quantized weights and adapters are rejected with the name of the library",
          "[weights][error]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"text_model.encoder.layers.0.mlp.fc1.qweight", "GPTQ or AWQ"},
      {"text_model.encoder.layers.0.mlp.fc1.SCB", "bitsandbytes (8 bits)"},
      {"text_model.encoder.layers.0.mlp.fc1.weight.absmax", "bitsandbytes (4 bits)"},
      {"text_model.encoder.layers.0.mlp.fc1.weight._data", "optimum-quanto"},
      {"base_model.model.text_model.encoder.layers.0.mlp.fc1.lora_A.weight", "LoRA"},
      {"lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", "LoRA"},
  };
  const TempFolder folder;
  for (const auto& [name, words] : cases) {
    INFO(name);
    folder.write("model.safetensors", safetensors({name, "logit_scale"}));
    CHECK(loading(folder.path()).code == "UNSUP");
    CHECK_THAT(loading(folder.path()).message, Contains(name) && Contains(words));
  }
}

TEST_CASE("safetensors: float8 is rejected with its name when a layer requests it", "[weights][error]") {
  const TempFolder folder;
  for (const auto& [stored, name] :
       {std::pair("F8_E4M3", "float8_e4m3fn"), std::pair("F8_E5M2", "float8_e5m2"),
        std::pair("F8_E8M0", "float8_e8m0fnu")}) {
    folder.write("model.safetensors", safetensors({"logit_scale"}, stored));
    const Weights weights = load_weights(folder.path());
    const Failure failure = error_of([&] { (void)weights.require("logit_scale", Shape{0}); });
    CHECK(failure.code == "UNSUP");
    CHECK_THAT(failure.message, Contains("is stored as " + std::string(name)));
  }
}
