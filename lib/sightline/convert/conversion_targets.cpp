// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "sightline/base/parallel.h"
#include "sightline/convert/file_target.h"
#include "sightline/convert/openai_target.h"
#include "sightline/convert/packed_target.h"
#include "sightline/convert/target_folder.h"
#include "sightline/weights/keras_h5_writer.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

/// One `.weights.h5` file, as KerasHub's CLIPBackbone saves and loads it.
class KerasTarget : public FileTarget {
 public:
  KerasTarget(const std::string& path, bool force) : FileTarget(path, force) {}

  void read_source(const Conversion& c) override { check_clip_family(c.model.config(), "KerasHub's format"); }
  void write(const Conversion& c) override {
    const ModelConfig& config = c.model.config();
    ThreadPool pool(available_cores());
    write_keras_h5(out_, c.model.checkpoint(),
                   {config.vision.encoder.heads, config.text.encoder.heads, c.dtype}, &pool);
    out_.flush();
  }
  std::unique_ptr<Model> reopen(const Conversion& c) const override {
    Checkpoint checkpoint = load_checkpoint(out_.written_path(), Dialect::kerashub);
    return std::make_unique<Model>(LoadedModel{c.model.source(), std::move(checkpoint.weights),
                                               c.model.config(), c.model.processor().image_config()});
  }
};

template <class Target>
std::unique_ptr<ConversionTarget> open_as(const std::string& path, bool force) {
  return std::make_unique<Target>(path, force);
}

std::unique_ptr<ConversionTarget> open_openclip(const std::string& path, bool force) {
  return std::make_unique<TargetFolder>(path, force, kOpenCLIPFolder);
}

constexpr ConversionFormat kFormats[] = {{"hf", "", open_as<TargetFolder>},
                                         {"openclip", "", open_openclip},
                                         {"openai", ".pt", open_as<OpenAITarget>},
                                         {"keras-h5", ".weights.h5", open_as<KerasTarget>},
                                         {kPackedFormat, ".sightline", open_as<PackedTarget>}};

}  // namespace

std::span<const ConversionFormat> conversion_formats() { return kFormats; }

const ConversionFormat& conversion_format_of(std::string_view path) {
  for (const ConversionFormat& format : kFormats) {
    if (!format.extension.empty() && path.ends_with(format.extension)) return format;
  }
  return kFormats[0];
}

}  // namespace sightline
