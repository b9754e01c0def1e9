// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/hub_cache.h"

#include <pwd.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "support/catch.h"

using namespace sightline;

namespace {

/// Sets environment variables and restores them at the end of the test.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& values) {
    for (const char* name :
         {"HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "A", "B"}) {
      const char* value = std::getenv(name);
      before_[name] = value == nullptr ? std::nullopt : std::optional<std::string>(value);
      unsetenv(name);
    }
    setenv("HOME", "/h/", 1);
    for (const auto& [name, value] : values) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : before_) {
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
  }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

std::string folder(const std::map<std::string, std::string>& values) {
  const Environment environment(values);
  return hub_cache_folder();
}

}  // namespace

// The values of huggingface_hub.constants.HF_HUB_CACHE (1.x, as used by transformers 5.24) for the same
// variables.
TEST_CASE("hub cache: precedence of the variables, and expansion of their values", "[model][golden]") {
  CHECK(folder({}) == "/h/.cache/huggingface/hub");
  CHECK(folder({{"XDG_CACHE_HOME", "/x"}}) == "/x/huggingface/hub");
  CHECK(folder({{"XDG_CACHE_HOME", "/x"}, {"HF_HOME", "/y"}}) == "/y/hub");
  CHECK(folder({{"HF_HOME", "/y"}, {"HUGGINGFACE_HUB_CACHE", "/z"}}) == "/z");
  CHECK(folder({{"HUGGINGFACE_HUB_CACHE", "/z"}, {"HF_HUB_CACHE", "/w"}}) == "/w");
  CHECK(folder({{"HF_HUB_CACHE", ""}}).empty());  // set but empty: the current folder
  CHECK(folder({{"HF_HOME", ""}}) == "hub");
  CHECK(folder({{"XDG_CACHE_HOME", ""}}) == "huggingface/hub");
  const auto with = [](const std::string& name, const std::string& value) {
    return folder({{"A", "a$B"}, {"B", "bb"}, {name, value}});
  };
  CHECK(with("HF_HUB_CACHE", "~/x$A/${B}$$C") == "/h/xa$B/bb$$C");
  CHECK(with("HF_HOME", "$A") == "abb/hub");  // expanded twice, as in huggingface_hub
  CHECK(with("HUGGINGFACE_HUB_CACHE", "~/$A") == "/h/a$B");
  CHECK(with("XDG_CACHE_HOME", "~/$A") == "/h/abb/huggingface/hub");
  CHECK(with("HF_HOME", "~root/x") == std::string(getpwnam("root")->pw_dir) + "/x/hub");
  CHECK(with("HF_HOME", "~nobody-of-this-name/x") == "~nobody-of-this-name/x/hub");
  CHECK(with("HF_HUB_CACHE", "${A") == "${A");
  CHECK(with("HF_HUB_CACHE", "${}$1/$") == "${}$1/$");
  CHECK(with("HF_HUB_CACHE", "~") == "/h");
  CHECK(with("HF_HUB_CACHE", "x/~") == "x/~");
}
