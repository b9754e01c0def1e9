// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_writer.h"

#include "sightline/base/error.h"
#include "sightline/model/family.h"
#include "sightline/model/json_object.h"

namespace sightline {
namespace {

void write_sides(JsonObjectWriter& out, std::string_view key, std::int32_t height, std::int32_t width) {
  out.begin(key);
  out.add("height", height);
  out.add("width", width);
  out.end();
}

void write_size(JsonObjectWriter& out, const PixelPipeline& pipeline) {
  if (pipeline.resize == ResizeMode::exact) return write_sides(out, "size", pipeline.height, pipeline.width);
  out.begin("size");
  out.add("shortest_edge", pipeline.height);
  out.end();
}

}  // namespace

std::string config_json(const ModelConfig& config, std::string_view dtype) {
  if (!config.has_both_towers())
    fail(ErrorCode::unsupported, "config.json", "cannot be written for a model with one tower");
  return config.family->write(config, dtype);
}

std::string preprocessor_config_json(const PreprocessorConfig& config, std::string_view class_name) {
  const PixelPipeline& pipeline = config.pipeline;
  if (pipeline.resize == ResizeMode::longest) {
    fail(ErrorCode::unsupported, "preprocessor_config.json",
         "cannot express the resize_mode \"longest\", which resizes the longer side and fills the rest");
  }
  JsonObjectWriter out;
  const bool fixed = pipeline.resize != ResizeMode::patches;
  out.begin();
  if (fixed) {
    write_sides(out, "crop_size", pipeline.crop_height, pipeline.crop_width);
    out.add_boolean("do_center_crop", pipeline.crop);
  }
  // OpenCLIP's own rule drops the alpha channel, too, but converts.
  out.add_boolean("do_convert_rgb", pipeline.alpha == Alpha::white || pipeline.rule == PixelRule::openai);
  out.add_boolean("do_normalize", config.do_normalize);
  out.add_boolean("do_rescale", config.do_rescale);
  out.add_boolean("do_resize", pipeline.resize != ResizeMode::none);
  out.add_list("image_mean", std::span<const float>(config.mean));
  out.add("image_processor_type", class_name);
  out.add_list("image_std", std::span<const float>(config.std));
  if (!fixed) {
    out.add("max_num_patches", std::int64_t{pipeline.max_patches});
    out.add("patch_size", std::int64_t{pipeline.height});
  }
  out.add("resample", static_cast<std::int64_t>(pipeline.resample));
  out.add_number("rescale_factor", config.rescale_factor);
  if (fixed) write_size(out, pipeline);
  out.end();
  return std::move(out).text();
}

}  // namespace sightline
