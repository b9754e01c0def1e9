// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <limits>

#include <unistd.h>

#include "end_to_end/nano.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/safetensors_bytes.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

namespace fs = std::filesystem;

/// A copy of a nano model that may be spoilt; removed at the end.
class SpoiltModel {
 public:
  explicit SpoiltModel(const std::string& name) {
    static int count = 0;
    folder_ = fs::temp_directory_path() /
              ("sightline-bad-model-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    fs::remove_all(folder_);
    fs::copy(nano_folder(name), folder_);
  }
  ~SpoiltModel() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  SpoiltModel(const SpoiltModel&) = delete;
  SpoiltModel& operator=(const SpoiltModel&) = delete;

  std::string path() const { return folder_.string(); }
  std::string read(const std::string& file) const { return read_text((folder_ / file).string()); }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / file, std::ios::binary | std::ios::trunc) << text;
  }
  void remove(const std::string& file) const { fs::remove(folder_ / file); }
  void copy_from(const std::string& model, const std::string& file) const {
    fs::copy_file(fs::path(nano_folder(model)) / file, folder_ / file, fs::copy_options::overwrite_existing);
  }
  /// Replaces the first `from` after `after` in `file`.
  void replace(const std::string& file, const std::string& after, const std::string& from,
               const std::string& to) const {
    std::string text = read(file);
    const std::size_t begin = text.find(after);
    REQUIRE(begin != std::string::npos);
    const std::size_t at = text.find(from, begin);
    REQUIRE(at != std::string::npos);
    write(file, text.replace(at, from.size(), to));
  }

  Failure load() const {
    return error_of([&] {
      const auto clip = Model::open(path());
      (void)clip->processor().process_text("a word");
    });
  }

 private:
  fs::path folder_;
};

bool has(const Failure& failure, const std::string& words) {
  return failure.message.find(words) != std::string::npos;
}

void check_refused(const SpoiltModel& model, const std::string& code, const std::string& words) {
  const Failure failure = model.load();
  INFO(failure);
  CHECK(failure.code == code);
  CHECK(has(failure, words));
  CHECK(has(failure, model.path()));
}

}  // namespace

TEST_CASE("bad model: an untouched copy loads", "[end_to_end][error]") {
  for (const std::string& name : nano_models()) {
    CAPTURE(name);
    CHECK(SpoiltModel(name).load() == Failure{});
  }
}

TEST_CASE("bad model: files that are not there are named", "[end_to_end][error]") {
  SECTION("config.json") {
    const SpoiltModel model("nano_gelu");
    model.remove("config.json");
    check_refused(model, "MISSING", "config.json");
  }
  SECTION("model.safetensors") {
    const SpoiltModel model("nano_gelu");
    model.remove("model.safetensors");
    check_refused(model, "MISSING", "model.safetensors");
  }
  SECTION("one shard") {
    const SpoiltModel model("nano_sharded");
    model.remove("model-00002-of-00003.safetensors");
    check_refused(model, "MISSING", "model-00002-of-00003.safetensors");
  }
  SECTION("merges.txt") {
    const SpoiltModel model("nano_gelu");
    model.remove("merges.txt");
    check_refused(model, "MISSING", "merges.txt");
  }
  SECTION("any tokenizer, and CLIP's own does not fit") {
    const SpoiltModel model("nano_gelu");
    model.remove("vocab.json");
    model.remove("merges.txt");
    check_refused(model, "MISSING", "vocab");
  }
}

TEST_CASE("bad model: a model without preprocessor_config.json takes CLIP's defaults", "[end_to_end]") {
  const SpoiltModel model("nano_quick_gelu");  // whose preprocessing is CLIP's own at 32 pixels
  model.remove("preprocessor_config.json");
  const auto clip = Model::open(model.path());
  check_same_bits(flat(pixels_of(*clip, nano_images())),
                  nano_expected("nano_quick_gelu", "pixel_values").floats, "pixel_values");
}

TEST_CASE("bad model: config.json that is no JSON object (C01-C04)", "[end_to_end][error]") {
  const SpoiltModel model("nano_gelu");
  const std::string text = model.read("config.json");
  SECTION("C01 empty") {
    model.write("config.json", "");
    check_refused(model, "HEADER", "config.json");
  }
  SECTION("C01 second document") {
    model.write("config.json", text + " {}");
    check_refused(model, "HEADER", "config.json");
  }
  SECTION("C02 byte order mark") {
    model.write("config.json", "\xEF\xBB\xBF" + text);
    check_refused(model, "HEADER", "byte order mark");
  }
  SECTION("C03 depth 100,000 in a key that nobody needs") {
    const std::string nested = std::string(100'000, '[') + std::string(100'000, ']');
    model.replace("config.json", "{", "{", "{\"unused\": " + nested + ",");
    check_refused(model, "HEADER", "config.json");
  }
  SECTION("C04 a key twice") {
    model.replace("config.json", "text_config", "\"hidden_size\"", "\"hidden_size\": 24, \"hidden_size\"");
    check_refused(model, "DUP", "hidden_size");
  }
}

TEST_CASE("bad model: config.json with sizes that cannot be (C05-C08, C10)", "[end_to_end][error]") {
  struct Case {
    std::string tower, from, to, code, words;
  };
  const std::vector<Case> cases = {
      {"text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": -1", "RANGE", "num_hidden_layers"},
      {"text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 0", "RANGE", "num_hidden_layers"},
      {"text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1e999", "RANGE", "config.json"},
      {"text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 12.5", "RANGE",
       "num_hidden_layers"},
      {"text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": \"12\"", "RANGE",
       "num_hidden_layers"},
      {"text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 18446744073709551616", "RANGE",
       "config.json"},
      {"text_config", "\"num_attention_heads\": 2", "\"num_attention_heads\": 7", "RANGE",
       "num_attention_heads"},
      {"vision_config", "\"hidden_size\": 36", "\"hidden_size\": 2147483648", "RANGE", "hidden_size"},
      {"vision_config", "\"patch_size\": 6", "\"patch_size\": 0", "RANGE", "patch_size"},
      {"vision_config", "\"patch_size\": 6", "\"patch_size\": 25", "RANGE", "patch_size"},
      {"vision_config", "\"hidden_act\": \"gelu\"", "\"hidden_act\": \"relu\"", "UNSUP", "hidden_act"},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.to) {
      const SpoiltModel model("nano_gelu");
      model.replace("config.json", c.tower, c.from, c.to);
      check_refused(model, c.code, c.words);
    }
  }
}

TEST_CASE("bad model: weights that do not fit the config name the tensor (C09)", "[end_to_end][error]") {
  SECTION("the weights of another model") {
    const SpoiltModel model("nano_gelu");
    model.copy_from("nano_mixed", "model.safetensors");
    check_refused(model, "MISMATCH", "vision_model.embeddings.");
    check_refused(model, "MISMATCH", "expected [");
  }
  SECTION("one layer less than the config says") {
    const SpoiltModel model("nano_gelu");
    model.replace("config.json", "text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    check_refused(model, "MISSING", "text_model.encoder.layers.2.");
  }
  SECTION("one layer more than the config says") {
    const SpoiltModel model("nano_gelu");
    model.replace("config.json", "text_config", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
    check_refused(model, "MISMATCH", "text_model.encoder.layers.1.");
  }
  SECTION("weights cut short") {
    const SpoiltModel model("nano_gelu");
    const std::string bytes = model.read("model.safetensors");
    model.write("model.safetensors", bytes.substr(0, bytes.size() - 100));
    check_refused(model, "TRUNC", "model.safetensors");
  }
}

TEST_CASE("bad model: the vocabulary of another model (C14)", "[end_to_end][error]") {
  SECTION("a smaller one: texts end with another id than the config says") {
    const SpoiltModel model("nano_gelu");
    model.copy_from("nano_sharded", "vocab.json");  // 560 entries for 600 rows
    model.copy_from("nano_sharded", "merges.txt");
    check_refused(model, "MISMATCH", "is 599, but the tokenizer ends texts with 559 (vocab.json)");
  }
  SECTION("a larger one: the start has no row") {
    const SpoiltModel model("nano_sharded");
    model.copy_from("nano_gelu", "vocab.json");
    model.copy_from("nano_gelu", "merges.txt");
    check_refused(model, "MISMATCH", "has id 598, but the token embedding has 560 rows");
  }
}

TEST_CASE("bad model: preprocessing for another size of image is refused", "[end_to_end][error]") {
  const SpoiltModel model("nano_gelu");
  model.copy_from("nano_quick_gelu", "preprocessor_config.json");
  check_refused(model, "MISMATCH", "24x24");
}

namespace {

/// Writes `value` over the first number of a tensor of the model.
void spoil(const SpoiltModel& model, const std::string& tensor, float value) {
  std::string bytes = model.read("model.safetensors");
  overwrite_first(bytes, tensor, value);
  model.write("model.safetensors", bytes);
}

/// How embedding a few images and captions with the model fails.
Failure embedding_failure(const SpoiltModel& model) {
  const auto clip = Model::open(model.path());
  Workspace workspace;
  return error_of([&] {
    (void)image_features(*clip, pixels_of(*clip, nano_images()).view(), workspace);
    (void)text_features(*clip, tokens_of(*clip, nano_captions()), workspace);
  });
}

}  // namespace

TEST_CASE("bad model: a weight that is not finite is found out and named", "[end_to_end][error]") {
  const SpoiltModel model("nano_gelu");
  const std::string tensor =
      GENERATE("visual_projection.weight", "vision_model.encoder.layers.0.mlp.fc2.bias",
               "text_projection.weight", "text_model.final_layer_norm.weight");
  spoil(model, tensor,
        GENERATE(std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()));
  const Failure failure = embedding_failure(model);
  INFO(failure);
  CHECK(failure.code == "CORRUPT");
  CHECK(has(failure, model.path() + ": " + tensor + ": contains a NaN or an infinity"));
}

TEST_CASE("bad model: finite weights that are too large are found out", "[end_to_end][error]") {
  const SpoiltModel model("nano_gelu");
  spoil(model, "visual_projection.weight", 3e38F);
  spoil(model, "vision_model.post_layernorm.bias", 1e6F);
  const Failure failure = embedding_failure(model);
  INFO(failure);
  CHECK(failure.code == "CORRUPT");
  CHECK(has(failure, "its weights contain very large values"));
}

TEST_CASE("bad model: a logit scale that is not finite is refused at once", "[end_to_end][error]") {
  const SpoiltModel model("nano_gelu");
  spoil(model, "logit_scale", std::numeric_limits<float>::quiet_NaN());
  check_refused(model, "CORRUPT", "logit_scale");
  for (const float value : {89.0F, 3e38F}) {  // its exponential is the factor
    spoil(model, "logit_scale", value);
    check_refused(model, "RANGE", "logit_scale");
  }
}
