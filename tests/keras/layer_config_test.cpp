// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "sightline/keras/layer_config.h"
#include "sightline/keras/layer_options.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;
namespace keras = sightline::keras;
using keras::LayerConfig;

TEST_CASE("layer config: JSON and back gives the same configuration", "[keras]") {
  const LayerConfig config = {{"flag", true},
                              {"count", std::int64_t{-9'007'199'254'740'993}},
                              {"rate", 2.0},
                              {"tiny", 1e-300},
                              {"huge", -1e300},
                              {"third", 1.0 / 3},
                              {"name", std::string("a \"quoted\"\nünïcode/name")},
                              {"shape", std::vector<std::int64_t>{-1, 3, 224}},
                              {"none", std::vector<std::int64_t>{}}};
  const std::string json = keras::to_json(config);
  CHECK(keras::config_from_json(json) == config);
  CHECK_THAT(json, Contains(R"("rate": 2.0)"));
  CHECK_THAT(json, Contains(R"("shape": [-1, 3, 224])"));
  CHECK(keras::to_json({}) == "{}");
  CHECK(keras::config_from_json(" {} ").empty());
  CHECK(keras::to_json({{"zero", -0.0}}) == R"({"zero": -0.0})");
}

TEST_CASE("layer config: what is not a configuration is refused", "[keras][error]") {
  const auto code = [](std::string_view json) {
    return error_of([&] { keras::config_from_json(json); }).code;
  };
  CHECK(code("") == "HEADER");
  CHECK(code("{\"a\": 1,}") == "HEADER");
  CHECK(code("{\"a\": 1} x") == "HEADER");
  CHECK(code(R"({"a": 1, "a": 2})") == "DUP");
  CHECK(code("[1]") == "TYPE");
  CHECK(code("3") == "TYPE");
  CHECK(code(R"({"a": null})") == "TYPE");
  CHECK(code(R"({"a": {"b": 1}})") == "TYPE");
  CHECK(code(R"({"a": [1.5]})") == "TYPE");
  CHECK(code(R"({"a": ["x"]})") == "TYPE");
  CHECK(code(R"({"a": [[1]]})") == "TYPE");
  CHECK(code(R"({"a": 18446744073709551615})") == "TYPE");
  CHECK(error_of([] { keras::to_json({{"a", std::nan("")}}); }).code == "RANGE");
  CHECK(error_of([] { keras::to_json({{"a", std::string("\xff")}}); }).code == "UTF8");
  CHECK(error_of([] { keras::config_from_json(R"({"axes": [1, null]})"); }).message.find("axes[1]") !=
        std::string::npos);
}

TEST_CASE("layer config: an integer stands for a double, nothing else is converted", "[keras][error]") {
  const LayerConfig config = {{"one", std::int64_t{1}}, {"half", 0.5}, {"yes", true}};
  CHECK(keras::config_value<double>(config, "one") == 1.0);
  CHECK(keras::config_value<double>(config, "half") == 0.5);
  CHECK(keras::config_value<double>(config, "absent", 3) == 3.0);
  CHECK(keras::config_value<std::string>(config, "absent", "text") == "text");
  CHECK(error_of([&] { keras::config_value<std::int64_t>(config, "half"); }) ==
        Failure{"TYPE", "half: has a value of another type in the configuration"});
  CHECK(error_of([&] { keras::config_value<double>(config, "yes"); }).code == "TYPE");
  CHECK(error_of([&] { keras::config_value<bool>(config, "one"); }).code == "TYPE");
  CHECK(error_of([&] { keras::config_value<bool>(config, "one", true); }).code == "TYPE");
  CHECK(error_of([&] { keras::config_value<bool>(config, "absent"); }) ==
        Failure{"MISSING", "absent: is not in the configuration"});
}

TEST_CASE("layer config: the options of every layer come from a configuration", "[keras][error]") {
  const keras::LayerOptions all = keras::layer_options(
      {{"name", std::string("n")}, {"dtype", std::string("mixed_float16")}, {"trainable", false}});
  CHECK(all.name == "n");
  CHECK(all.dtype.name() == "mixed_float16");
  CHECK_FALSE(all.trainable);
  const keras::LayerOptions none = keras::layer_options({});
  CHECK_FALSE(none.name.has_value());
  CHECK(none.dtype == keras::DTypePolicy());
  CHECK(none.trainable);
  CHECK(error_of([] { keras::layer_options({{"name", true}}); }).code == "TYPE");
  CHECK(error_of([] { keras::layer_options({{"dtype", std::string("half")}}); }).code == "UNSUP");
}
