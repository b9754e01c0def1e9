// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/error.h"
#include "sightline/model/family.h"

namespace sightline {
namespace {

bool is_none(const Json&) { return false; }
bool builds(const ModelConfig&) { return true; }

[[noreturn]] void fail_class() {
  fail(ErrorCode::unsupported, "config.json",
       "cannot express this model: transformers has no class for it; a packed model, NAME.sightline, holds "
       "it");
}
ModelConfig read(const Json&) { fail_class(); }
std::string write(const ModelConfig&, std::string_view) { fail_class(); }

}  // namespace

const Family& openclip_family() {
  static constexpr Family kFamily{
      .name = "openclip",
      .title = "OpenCLIP's own models",
      .classes = "",
      .tower_types = {},
      .image_processor = "CLIPImageProcessor",
      .tokenizer = "CLIPTokenizer",
      .recognizes = is_none,
      .builds = builds,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
