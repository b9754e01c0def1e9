// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <string>

#include "examples/includes.h"
#include "library/preset_folder.h"
#include "sightline/files/file.h"
#include "sightline/model/config_writer.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/random_model.h"

namespace {

using sightline::testing::check_same_bits;

std::vector<float> values_of(const sightline::Tensor& tensor) {
  return {tensor.data(), tensor.data() + tensor.view().elements()};
}

// The current folder that the CLIP example assumes: it contains the vocabulary, and a small model named
// clip-vit-base-patch16 that expects images of 224 pixels, like the published one.
class ClipFolder {
 public:
  ClipFolder() {
    namespace fs = std::filesystem;
    fs::copy_file(sightline::testing::data_path("vocab/vocab.json"), "path_to_vocab.json");
    fs::copy_file(sightline::testing::data_path("vocab/merges.txt"), "path_to_merges.txt");
    const fs::path model = fs::path("cache") / "models--openai--clip-vit-base-patch16";
    fs::remove_all(model);
    const fs::path snapshot = model / "snapshots" / "small";
    fs::create_directories(snapshot);
    sightline::ModelConfig config = sightline::testing::small_config();
    config.vision.image_size = 224;
    config.vision.patch_size = 112;
    config.text.vocabulary_size = 49408;
    config.text.context_length = 77;
    write(snapshot / "config.json", sightline::config_json(config, "float32"));
    const sightline::LoadedModel loaded = sightline::testing::random_model(config);
    std::vector<sightline::SafetensorsEntry> entries;
    for (const std::string& name : loaded.weights.names())
      entries.push_back({name, *loaded.weights.find(name)});
    sightline::OutputFile out((snapshot / "model.safetensors").string(), false);
    sightline::write_safetensors(out, entries);
    out.commit();
  }

 private:
  static void write(const std::filesystem::path& path, std::string_view text) {
    sightline::OutputFile out(path.string(), false);
    out.write(text);
    out.commit();
  }

  sightline::testing::PresetFolder folder_;
};

}  // namespace

// The lines with which the examples begin.
#include "examples/keras_begin.inc"

TEST_CASE("library: Keras's SimpleDense", "[library]") {
#include "examples/simple_dense.inc"
  CHECK(y.shape() == Shape{2, 4});
  CHECK(linear_layer.weights().size() == 2);
  CHECK(linear_layer.trainable_weights().size() == 2);
  CHECK(testing::error_of([&] { linear_layer(keras::ops::ones({2, 3})); }).code == "MISMATCH");
}

TEST_CASE("library: Keras's ComputeSum", "[library]") {
#include "examples/compute_sum.inc"
  CHECK(total.data()[0] == 4);
  CHECK(my_sum.weights() == my_sum.non_trainable_weights());
  CHECK(my_sum.trainable_weights().empty());
  CHECK(my_sum(keras::ops::ones({2, 2})).data()[0] == 8);
}

TEST_CASE("library: Keras's add_loss", "[library]") {
#include "examples/add_loss.inc"
  CHECK(my_layer.losses() == std::vector<float>{6});
  CHECK(values_of(same) == std::vector<float>(6, 1));
}

TEST_CASE("library: a layer of two inputs", "[library]") {
#include "examples/weighted_sum.inc"
  CHECK(values_of(z) == std::vector<float>(6, 2));
  CHECK(testing::error_of([&] { WeightedSum()(a); }).code == "UNSUP");
}

TEST_CASE("library: Keras's stateless_call", "[library]") {
#include "examples/compute_sum.inc"
  ComputeSum& model = my_sum;
  const Tensor data = keras::ops::ones({3});
#include "examples/stateless_call.inc"
  CHECK(outputs.data()[0] == 7);
  CHECK(losses.empty());
  CHECK(model.non_trainable_variables()[0]->item() == 7);
}

TEST_CASE("library: Keras's variables", "[library]") {
#include "examples/variables.inc"
  CHECK(values_of(variable_from_array.value()) == std::vector<float>(9, 0));
  CHECK(values_of(variable_from_initializer.value()) == std::vector<float>(9, 1));
  CHECK_FALSE(non_trainable_variable.trainable());
}

TEST_CASE("library: KerasCV's CLIP", "[library]") {
  const ClipFolder folder;
#include "examples/keras_clip.inc"
  CHECK(image_logits.shape() == Shape{1, 3});
  CHECK(text_logits.shape() == Shape{3, 1});
  CHECK(values_of(image_logits) == values_of(text_logits));
}

TEST_CASE("library: KerasCV's CLIP without weights", "[library]") {
#include "examples/keras_untrained.inc"
  CHECK_THAT(table, Contains("Total params: 149,620,737 ("));
}

TEST_CASE("library: a model that is quantized", "[library]") {
#include "examples/keras_quantize.inc"
  CHECK(policy == "int8_from_float32");
  CHECK(quantized->weights().back()->name() == "logit_scale");
  CHECK(quantized->text_encoder().weights().back()->name() == "kernel_scale");
}

TEST_CASE("library: a model from its configuration", "[library]") {
#include "examples/keras_config.inc"
  CHECK(again->count_params() == original->count_params());
  check_same_bits(values_of(again->get_weights().back()), values_of(original->get_weights().back()));
}
