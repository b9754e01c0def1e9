// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sightline/weights/safetensors.h"
#include "sightline/weights/weight_format.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const std::vector<float> kValues = {1.0F, 2.0F};

// A safetensors file with one float of value `value` per name.
void write_weights(const TempFolder& folder, std::string_view file, const std::vector<std::string>& names,
                   float value = 1.0F) {
  const std::vector<float> values = {value};
  std::vector<SafetensorsEntry> entries;
  for (const std::string& name : names) {
    entries.push_back(
        {name, {DType::f32, Shape{1}, std::as_bytes(std::span<const float>(values))}, DType::f32});
  }
  OutputFile out(folder / file, true);
  write_safetensors(out, entries);
  out.commit();
}

void write_index(const TempFolder& folder, const std::string& weight_map) {
  folder.write("model.safetensors.index.json",
               R"({"metadata":{"total_size":8},"weight_map":)" + weight_map + "}");
}

Failure loading(const TempFolder& folder) {
  return error_of([&] { (void)load_weights(folder.path()); });
}

}  // namespace

TEST_CASE("formats: the weights of a folder have canonical names and no known buffers", "[weights]") {
  const TempFolder folder;
  write_weights(folder, "model.safetensors",
                {"logit_scale", "text_model.embeddings.position_ids", "vision_model.embeddings.position_ids",
                 "vision_model.pre_layrnorm.weight", "something.else"});
  const Weights weights = load_weights(folder.path());
  CHECK(weights.names() ==
        std::vector<std::string>{"logit_scale", "something.else", "vision_model.pre_layrnorm.weight"});
  CHECK(load_weights(folder / "model.safetensors").size() == 3);
}

TEST_CASE("formats: shards form one checkpoint", "[weights]") {
  const TempFolder folder;
  write_weights(folder, "model-00001-of-00002.safetensors", {"logit_scale"}, 3.0F);
  write_weights(folder, "model-00002-of-00002.safetensors", {"text_projection.weight"}, 4.0F);
  write_index(folder, R"({"logit_scale":"model-00001-of-00002.safetensors",)"
                      R"("text_projection.weight":"model-00002-of-00002.safetensors"})");
  const Weights weights = load_weights(folder.path());
  CHECK(weights.size() == 2);
  CHECK(weights.find("logit_scale")->as_float()[0] == 3.0F);
  CHECK(weights.find("text_projection.weight")->as_float()[0] == 4.0F);
}

TEST_CASE("formats: a folder of Keras shards is read through its index", "[weights]") {
  const Failure failure = error_of([] { (void)load_weights(golden_path("weights/keras_sharded")); });
  CHECK(failure.code == "UNSUP");  // complete, but not a CLIP
  CHECK_THAT(failure.message, Contains("/vars/") && Contains("is not the name of a CLIP tensor"));
}

TEST_CASE("formats: S29 a shard outside the folder is unsafe", "[weights][error]") {
  const TempFolder folder;
  write_weights(folder, "a.safetensors", {"logit_scale"});
  const std::string shard = GENERATE("../x", "/etc/passwd", "a/b", "..", ".", "", "a\\\\b", "a\\u0000b");
  write_index(folder, R"({"logit_scale":")" + shard + R"("})");
  CHECK(loading(folder).code == "UNSAFE");
}

TEST_CASE("formats: S30 an index and its shards must agree", "[weights][error]") {
  const TempFolder folder;
  write_weights(folder, "a.safetensors", {"logit_scale"});
  write_index(folder, R"({"logit_scale":"b.safetensors"})");
  CHECK(loading(folder).code == "MISSING");
  write_index(folder, R"({"logit_scale":"a.safetensors","text_projection.weight":"a.safetensors"})");
  CHECK(loading(folder).code == "MISSING");
  write_weights(folder, "b.safetensors", {"logit_scale", "text_projection.weight"});
  write_index(folder, R"({"logit_scale":"a.safetensors","text_projection.weight":"b.safetensors"})");
  CHECK(loading(folder).code == "DUP");
  write_index(folder, R"({"logit_scale":"b.safetensors"})");
  CHECK(loading(folder).code == "MISMATCH");
  write_index(folder, R"({"logit_scale":"a.safetensors","logit_scale":"b.safetensors"})");
  CHECK(loading(folder).code == "DUP");
  write_index(folder, R"({"logit_scale":1})");
  CHECK(loading(folder).code == "TYPE");
  std::string map = R"({"t":"a.safetensors")";
  for (int i = 0; i < 1000; ++i) {
    write_weights(folder, std::to_string(i), {std::to_string(i)});
    map += ",\"" + std::to_string(i) + "\":\"" + std::to_string(i) + "\"";
  }
  write_index(folder, map + "}");
  CHECK(loading(folder).code == "LIMIT");
  write_index(folder, "{}");
  CHECK(loading(folder).code == "MISSING");
  folder.write("model.safetensors.index.json", "{}");
  CHECK(loading(folder).code == "MISSING");
}

TEST_CASE("formats: an unsupported format is reported by name", "[weights][error]") {
  const TempFolder folder;
  const std::string file =
      GENERATE("flax_model.msgpack", "model.onnx", "saved_model.pb", "MODEL.ONNX", "m.tflite", "clip.mlmodel",
               "openvino_model.bin", "model.ckpt.index", "weights.npz");
  folder.write(file, "anything");
  CHECK(loading(folder).code == "UNSUP");
  CHECK_THAT(loading(folder).message, Contains(file.c_str()) && Contains("expected a supported format"));
  CHECK(error_of([&] { (void)load_weights(folder / file); }).code == "UNSUP");
}

TEST_CASE("formats: the usual name is used, else the only weight file; of several, one must be named",
          "[weights][error]") {
  const TempFolder folder;
  write_weights(folder, "b.safetensors", {"logit_scale"}, 2.0F);
  Checkpoint checkpoint = load_checkpoint(folder.path());
  CHECK(checkpoint.file == folder / "b.safetensors");
  CHECK(checkpoint.form == "safetensors");
  CHECK(checkpoint.dialect == Dialect::hf);
  write_weights(folder, "a.safetensors", {"logit_scale"}, 1.0F);
  CHECK(loading(folder).code == "MISMATCH");
  CHECK_THAT(loading(folder).message,
             Contains("a.safetensors, b.safetensors") && Contains("name one of them"));
  CHECK(load_weights(folder / "b.safetensors").find("logit_scale")->as_float()[0] == 2.0F);
  write_weights(folder, "open_clip_model.safetensors", {"visual.ln_pre.bias"});
  CHECK(load_checkpoint(folder.path()).dialect == Dialect::openclip);
  write_weights(folder, "model.safetensors", {"logit_scale"}, 3.0F);
  CHECK(load_weights(folder.path()).find("logit_scale")->as_float()[0] == 3.0F);
}

TEST_CASE("formats: if the usual name contains another model, OpenCLIP's name is used", "[weights]") {
  const TempFolder folder;
  write_weights(folder, "model.safetensors", {"blocks.0.attn.qkv.weight"});
  CHECK(loading(folder).code == "UNSUP");
  write_weights(folder, "open_clip_model.safetensors", {"visual.class_embedding"});
  const Checkpoint checkpoint = load_checkpoint(folder.path());
  CHECK(checkpoint.file == folder / "open_clip_model.safetensors");
  CHECK(checkpoint.dialect == Dialect::openclip);
  write_weights(folder, "model.safetensors", {"logit_scale"});
  CHECK(load_checkpoint(folder.path()).file == folder / "model.safetensors");
}

TEST_CASE("formats: a folder with an adapter is rejected, its weight file alone is not", "[weights][error]") {
  const TempFolder folder;
  write_weights(folder, "model.safetensors", {"logit_scale"});
  folder.write("adapter_config.json", "{}");
  const Failure failure = loading(folder);
  CHECK(failure.code == "UNSUP");
  CHECK_THAT(failure.message, Contains("adapter_config.json: indicates that the folder contains an adapter"));
  CHECK(load_weights(folder / "model.safetensors").size() == 1);
}

TEST_CASE("formats: a requested naming scheme must match the file", "[weights][error]") {
  const TempFolder folder;
  write_weights(folder, "model.safetensors", {"visual.ln_pre.bias"});
  CHECK(load_checkpoint(folder.path()).dialect == Dialect::openclip);
  CHECK(load_checkpoint(folder.path(), Dialect::openclip).dialect == Dialect::openclip);
  CHECK(load_checkpoint(folder.path(), Dialect::openai).dialect == Dialect::openai);
  const Failure failure = error_of([&] { (void)load_checkpoint(folder.path(), Dialect::kerascv); });
  CHECK(failure.code == "MISMATCH");
  CHECK_THAT(failure.message, Contains("uses the naming scheme openclip, expected kerascv"));
}

TEST_CASE("formats: an empty folder lists the supported formats", "[weights][error]") {
  const TempFolder folder;
  const Failure failure = loading(folder);
  CHECK(failure.code == "MISSING");
  CHECK_THAT(failure.message, Contains("model.safetensors"));
  CHECK(error_of([&] { (void)load_weights(folder / "none"); }).code == "MISSING");
}

TEST_CASE("formats: a file that is not a checkpoint is rejected", "[weights][error]") {
  const TempFolder folder;
  CHECK(error_of([&] { (void)load_weights(folder.write("w.pt", "<html>404</html>")); }).code == "MAGIC");
  CHECK(error_of([&] { (void)load_weights(folder.write("w", "")); }).code == "MAGIC");
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
  CHECK_THAT(error_of([&] { (void)load_weights(folder.write("w.bin", pointer)); }).message,
             Contains("Git LFS"));
  CHECK(error_of([&] { (void)load_weights(folder.write("w.safetensors", "<html>404</html>")); }).code ==
        "MAGIC");
  write_weights(folder, "model.safetensors", {"bert.embeddings"});
  CHECK(loading(folder).code == "UNSUP");
}
