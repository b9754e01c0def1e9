// SPDX-License-Identifier: Apache-2.0
// Checkpoints of real torch.save and safetensors: data/golden/weights/odd
// (scripts/golden/odd_checkpoints.py).
#include <array>
#include <set>

#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/weights/name_prefixes.h"
#include "sightline/weights/pytorch.h"
#include "sightline/weights/weight_format.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string odd(const std::string& name) { return golden_path("weights/odd/" + name); }
Checkpoint wrapped(const std::string& name) { return load_checkpoint(odd("wrapped/" + name + ".pt")); }
Failure refusal(const std::string& name) {
  return error_of([&] { (void)wrapped(name); });
}

StoredTensor number() {
  static const std::array<float, 1> value = {1.0F};
  return {DType::f32, Shape{}, std::as_bytes(std::span(value))};
}

Weights named(std::initializer_list<const char*> names) {
  Weights weights;
  for (const char* name : names) weights.add(name, number());
  return weights;
}

std::vector<std::string> stripped(std::initializer_list<const char*> names) {
  return strip_prefixes(named(names)).names();
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("odd: values beside the weights are skipped if torch's own unpickler accepts them",
          "[weights][golden]") {
  // What it rejects although it is plain data.
  const std::set<std::string, std::less<>> more = {"defaultdict", "defaultdict_of_none", "empty_bytes",
                                                   "integer_of_376_bytes"};
  const std::vector<std::byte> bytes = read_file(odd("values/index.json"), 1 << 20);
  const JsonDocument index(as_text(bytes), "index");
  int seen = 0;
  index.root().for_each_member([&](std::string_view name, const Json& taken) {
    INFO(std::string(name));
    ++seen;
    const std::string path = odd("values/" + std::string(name) + ".pt");
    const Failure failure = error_of([&] {
      const Weights weights = PyTorch().read(path);
      const bool is_tensor = name == "parameter" || name == "parameter_with_state" ||
                             name == "tensor_with_state" || name == "buffer";
      CHECK(weights.names() == (is_tensor ? Names{"w", "x"} : Names{"w"}));
      CHECK(weights.find("w")->as_float()[0] == 1.0F);
    });
    CHECK(failure.code == (taken.as_bool() || more.contains(name) ? "" : "UNSAFE"));
  });
  CHECK(seen == 41);
}

TEST_CASE("odd: sets and bytes of other protocols are skipped", "[weights][golden]") {
  for (const char* name : {"values/protocol4.pt", "values/protocol5.pt"}) {
    CHECK(PyTorch().read(odd(name)).names() == Names{"w"});
  }
}

TEST_CASE("odd: the model is found inside the dicts that training programs save", "[weights][golden]") {
  const Names model = {"logit_scale", "text_model.encoder.layers.0.mlp.fc1.bias",
                       "text_model.final_layer_norm.bias", "vision_model.pre_layrnorm.bias"};
  for (const char* name : {"lightning", "deepspeed", "average_first", "timm", "basicsr", "two_levels", "net",
                           "model_at_the_top", "half_in_state_dict", "averaged"}) {
    INFO(name);
    const Checkpoint checkpoint = wrapped(name);
    CHECK(checkpoint.weights.names() == model);
    CHECK(checkpoint.weights.find("logit_scale")->as_float()[0] == 1.0F);  // 2 belongs to the average
  }
  CHECK(wrapped("average_only").weights.find("logit_scale")->as_float()[0] == 2.0F);
}

TEST_CASE("odd: the choice among several models is reported", "[weights][golden]") {
  const auto choice = [](const char* name) {
    const Checkpoint checkpoint = wrapped(name);
    const auto at = checkpoint.weights.metadata().find("assumed.state_dict");
    return at == checkpoint.weights.metadata().end() ? std::string() : at->second;
  };
  CHECK(choice("average_first") ==
        "the checkpoint contains a model under 'model' and under 'model_ema'; using the one under 'model'");
  CHECK(choice("timm") ==
        "the checkpoint contains a model under 'state_dict' and under 'state_dict_ema'; using the one under "
        "'state_dict'");
  CHECK(
      choice("basicsr") ==
      "the checkpoint contains a model under 'params' and under 'params_ema'; using the one under 'params'");
  for (const char* name : {"lightning", "deepspeed", "two_levels", "average_only", "half_in_state_dict"}) {
    INFO(name);
    CHECK(choice(name).empty());
  }
}

TEST_CASE("odd: a checkpoint without a model lists its keys", "[weights][golden][error]") {
  const Failure failure = refusal("unknown");
  CHECK(failure.code == "MISSING");
  CHECK_THAT(failure.message,
             Contains("its keys are: epoch, teacher (a dict of 4 tensors), student (a dict of 4 "
                      "tensors), a key that is not a string"));
}

TEST_CASE("odd: a prefix is stripped only if all tensors of the CLIP have it", "[weights][golden][error]") {
  CHECK(refusal("both_prefixes").code == "DUP");
  CHECK_THAT(refusal("both_prefixes").message,
             Contains("module.logit_scale: is the same tensor of a CLIP as logit_scale"));
  CHECK(refusal("mixed_prefixes").code == "MISMATCH");
  CHECK_THAT(refusal("mixed_prefixes").message, Contains("has a different prefix from"));
  // Tensors that belong to nothing are kept, and reported when the model is built.
  CHECK(wrapped("with_a_head").weights.contains("classifier.weight"));
  CHECK(wrapped("with_a_head").weights.contains("vision_model.pre_layrnorm.bias"));
  CHECK(refusal("negative").code == "UNSUP");
  CHECK_THAT(refusal("negative").message, Contains("resolve_neg"));
}

TEST_CASE("odd: prefixes depend on the names, not on the container", "[weights][golden]") {
  for (const char* folder : {"prefixed/bin", "prefixed/safetensors"}) {
    INFO(folder);
    const Checkpoint checkpoint = load_checkpoint(odd(folder));
    CHECK(checkpoint.weights.size() == 4);
    CHECK(checkpoint.weights.contains("vision_model.pre_layrnorm.bias"));
    CHECK(checkpoint.dialect == Dialect::hf);
  }
}

TEST_CASE("prefixes: all combinations are stripped, in every naming scheme", "[weights]") {
  for (const char* prefix : {"module.", "_orig_mod.", "model.", "clip.", "model.clip.", "module.model.",
                             "module._orig_mod.", "_orig_mod.module.clip.", "model.model."}) {
    INFO(prefix);
    const std::string p = prefix;
    CHECK(stripped({(p + "text_model.final_layer_norm.bias").c_str(), (p + "logit_scale").c_str()}) ==
          Names{"logit_scale", "text_model.final_layer_norm.bias"});
    CHECK(stripped({(p + "visual.ln_pre.bias").c_str(), (p + "text.token_embedding.weight").c_str()}) ==
          Names{"text.token_embedding.weight", "visual.ln_pre.bias"});
  }
  CHECK(stripped({"module.visual.ln_pre.bias", "n_averaged"}) == Names{"n_averaged", "visual.ln_pre.bias"});
}

TEST_CASE("prefixes: names of other models and containers are kept", "[weights]") {
  CHECK(stripped({"model.layers.0.mlp.weight", "model.norm.weight"}) ==
        Names{"model.layers.0.mlp.weight", "model.norm.weight"});
  CHECK(stripped({"layers/clip_head/vars/0", "model.x"}) == Names{"layers/clip_head/vars/0", "model.x"});
  CHECK(stripped({"v.blk.0.ln1.bias", "clip.x"}) == Names{"clip.x", "v.blk.0.ln1.bias"});
  CHECK(stripped({"model.", "model.logit_scale"}) == Names{"logit_scale", "model."});
  CHECK(error_of([] { (void)stripped({"model.logit_scale", "module.logit_scale"}); }).code == "DUP");
  CHECK(error_of([] { (void)stripped({"model.logit_scale", "model.x", "x"}); }).code == "DUP");
}

TEST_CASE("odd: unsupported element types are reported when a layer requests them",
          "[weights][golden][error]") {
  const Weights weights = PyTorch().read(odd("element_types.pt"));
  CHECK(weights.size() == 10);
  CHECK(weights.find("view")->shape == Shape{3, 2});
  CHECK(weights.require("float32", Shape{4}).as_float()[3] == 1.0F);
  for (const char* name :
       {"float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"}) {
    const Failure failure = error_of([&] { (void)weights.require(name, Shape{4}); });
    CHECK(failure.code == "UNSUP");
    CHECK_THAT(failure.message, Contains("is stored as " + std::string(name)));
  }
  for (const char* name : {"uint16", "uint32", "complex64"})
    CHECK(error_of([&] { (void)weights.require(name, Shape{4}); }).code == "TYPE");
}

TEST_CASE("odd: a TensorFlow file is reported with a remedy", "[weights][golden][error]") {
  for (const char* path : {"tensorflow", "tensorflow/tf_model.h5"}) {
    const Failure failure = error_of([&] { (void)load_checkpoint(odd(path)); });
    CHECK(failure.code == "UNSUP");
    CHECK_THAT(failure.message, Contains("is a TensorFlow or Keras 2 file") && Contains("from_tf=True"));
  }
}
