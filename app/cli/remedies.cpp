// SPDX-License-Identifier: Apache-2.0
#include "cli/remedies.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"
#include "sightline/model/installation.h"
#include "sightline/model/locate.h"
#include "sightline/weights/packed_metadata.h"

namespace sightline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOpenCLIPConfig = "open_clip_config.json";

constexpr const char* kInstalledScript = "sightline-fetch";
constexpr const char* kCheckoutScript = "scripts/fetch-model.sh";

bool is_program(const std::string& path) { return !is_directory(path) && ::access(path.c_str(), X_OK) == 0; }

/// Whether a program is found in $PATH.
bool is_on_path(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    if (!folder.empty() && is_program(join_path(folder, name))) return true;
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
  }
  return false;
}

/// The script of the checkout in which the program was built; "" if there is none.
std::string checkout_script() {
  const std::string data = find_data_folder();
  if (data.empty()) return "";
  const std::string script = (fs::path(data).parent_path() / kCheckoutScript).string();
  if (!is_program(script)) return "";
  return same_file(kCheckoutScript, script) ? kCheckoutScript : shell_word(script);
}

/// A word with control characters or invalid UTF-8, which only $'...' can express in printable characters.
std::string escaped_word(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  std::string word = "$'";
  append_terminal_text(word, quoted);
  return word + "'";
}

/// The command that makes a packed model again.
std::string packing_command(const std::string& path) {
  const auto [source, precision] = origin_of_packed_model(path);
  // Without --dtype, conversions choose float32 or float16.
  const bool requested = precision == "bf16" || precision == "int8";
  const bool found = !source.empty() && (!hub_repository(source).empty() || file_exists(source));
  return (found || source.empty() ? "make it again with: "
                                  : "make it again from '" + printable(source) + "': ") +
         "sightline convert-weights " + (found ? shell_word(source) : "SOURCE") + " -o " + shell_word(path) +
         (requested ? " --dtype " + precision : "") + " --force";
}

/// Whether an error is about a packed model itself, which another conversion would solve.
bool is_about_packed_model(const std::string& name, const Error& error) {
  return error.code() != ErrorCode::io && error.subject().starts_with(name) && is_packed_model(name);
}

}  // namespace

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,@%:=";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  if (std::string shown; append_terminal_text(shown, text), shown != text) return escaped_word(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string fetch_command(const std::string& name) {
  const Preset* preset = find_preset(name);
  const std::string known = preset == nullptr ? name : preset->name;
  if (const std::string script = checkout_script(); !script.empty()) return script + " " + known;
  const std::string beside = join_path(executable_folder(), kInstalledScript);
  if (is_on_path(kInstalledScript)) return std::string(kInstalledScript) + " " + known;
  if (is_program(beside)) return shell_word(beside) + " " + known;
  return "hf download " + (preset == nullptr ? name : preset->repository);
}

std::string model_remedy(const std::string& name, const Error& error) {
  if (!name.empty() && is_about_packed_model(name, error)) return packing_command(name);
  if (error.code() != ErrorCode::missing) return "";
  if (error.subject() == name && !hub_repository(name).empty())
    return "download it with: " + fetch_command(name);
  if (name.empty()) return "choose a model with --model";
  if (error.subject().ends_with(kOpenCLIPConfig))
    return "put the model's open_clip_config.json next to the weights, or convert OpenAI's own weights with "
           "--from "
           "openai";
  return "";
}

}  // namespace sightline::app
