// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_processor_config.h"

#include <algorithm>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/model/config_section.h"
#include "sightline/model/image_processor_keys.h"

namespace sightline {
namespace {

[[noreturn]] void fail_key(const ImageProcessorClass& processor_class, const std::string& subject,
                           const std::string& problem) {
  fail(ErrorCode::unsupported, subject, problem + " (" + std::string(processor_class.name) + ")");
}

struct Size {
  ResizeMode mode;
  std::int32_t height, width;
};

std::int32_t side_of(const Json& value) {
  return static_cast<std::int32_t>(whole_number(value, 1, kMaxImage));
}

/// Like transformers' get_size_dict: a number, [height, width], or an object with exactly one of the known
/// sets of keys.
Size read_size(const Json& value, bool number_is_square) {
  if (value.is_number()) {
    return {number_is_square ? ResizeMode::exact : ResizeMode::shortest, side_of(value), side_of(value)};
  }
  if (value.is_array()) {
    std::vector<std::int32_t> sides;
    value.for_each_element([&](const Json& element) { sides.push_back(side_of(element)); });
    if (sides.size() != 2) fail(ErrorCode::header, value.path(), "is not [height, width]");
    return {ResizeMode::exact, sides[0], sides[1]};
  }
  std::int64_t keys = 0;
  value.for_each_member([&](std::string_view, const Json& member) { keys += member.is_null() ? 0 : 1; });
  const Section section{std::optional<Json>(value)};
  const std::optional<Json> shortest = section.find("shortest_edge");
  const std::optional<Json> height = section.find("height");
  const std::optional<Json> width = section.find("width");
  if (shortest && keys == 1) return {ResizeMode::shortest, side_of(*shortest), side_of(*shortest)};
  if (height && width && keys == 2) return {ResizeMode::exact, side_of(*height), side_of(*width)};
  fail(ErrorCode::unsupported, value.path(),
       "has other keys, expected shortest_edge alone, or height and width");
}

/// int(side): the classes truncate fractions. Errors: range.
std::int32_t whole_side(double side, const std::string& subject) {
  if (!(side >= 1 && side < static_cast<double>(kMaxImage) + 1)) {
    fail(ErrorCode::range, subject, "gives a size that is not between 1 and " + std::to_string(kMaxImage));
  }
  return static_cast<std::int32_t>(side);
}

/// Reads an object by the rules of a class. transformers 5 uses values from a file unchanged, including null:
/// a flag that is null is off, and any other null is an error if a step needs the value. Absent keys have the
/// defaults of the class.
class Reader {
 public:
  Reader(const Json& object, const ImageProcessorClass& processor_class)
      : object_(object),
        section_(std::optional<Json>(object)),
        class_(processor_class),
        pipeline_(config_.pipeline) {}

  PreprocessorConfig read() && {
    check_image_keys(object_, class_);
    if (flag("do_pad", false)) fail_key(class_, section_.subject("do_pad"), "is true, expected false");
    pipeline_.alpha = converts_rgb() ? Alpha::white : Alpha::drop;
    pipeline_.crop = false;
    read_resize();
    read_crop();
    read_values();
    config_.origin = object_.path();
    return config_;
  }

 private:
  bool converts_rgb() const {
    const std::optional<Json> value = object_.find("do_convert_rgb");
    if (value && value->is_null() && class_.null_converts) return true;
    return flag("do_convert_rgb", class_.convert_rgb);
  }

  bool flag(std::string_view key, bool fallback) const {
    const std::optional<Json> value = object_.find(key);
    return value ? !value->is_null() && value->as_bool() : fallback;
  }

  /// Errors: type if the value is null.
  void check_not_null(std::string_view key) const {
    const std::optional<Json> value = object_.find(key);
    if (value && value->is_null()) fail(ErrorCode::type, value->path(), "is null, expected a value");
  }

  void read_resize() {
    Size size{class_.resize, class_.size, class_.size};
    const bool fixed = class_.rule != SizeRule::patches;
    if (const std::optional<Json> value = fixed ? section_.find("size") : std::nullopt)
      size = read_size(*value, flag("default_to_square", class_.number_is_square));
    // For KOSMOS-2, CLIP's class ignores `size` and uses its own default, 224.
    const bool own_size = has_own_key(class_, "use_square_size") && flag("use_square_size", false);
    if (own_size) size = {ResizeMode::exact, class_.size, class_.size};
    pipeline_.resample =
        static_cast<Resample>(section_.integer("resample", static_cast<std::int64_t>(class_.resample), 0, 5));
    if (flag("do_resize", true)) {
      check_not_null("resample");
      if (!own_size && fixed) check_not_null("size");
      apply_rule(size);
    } else if (!fixed) {
      fail_key(class_, section_.subject("do_resize"), "is false, expected true");
    } else {
      size.mode = ResizeMode::none;
    }
    pipeline_.resize = size.mode;
    pipeline_.height = size.height;
    pipeline_.width = size.width;
  }

  void apply_rule(Size& size) {
    switch (class_.rule) {
      case SizeRule::plain:
      case SizeRule::patches:
        return;
      case SizeRule::levit:
        if (size.mode == ResizeMode::shortest)
          size.height = size.width = whole_side((256.0 / 224.0) * size.height, section_.subject("size"));
        return;
      case SizeRule::convnext:
        return apply_convnext(size);
      case SizeRule::poolformer:
        return apply_poolformer(size);
    }
  }

  void apply_convnext(Size& size) {
    constexpr std::int32_t kSquashedFrom = 384;
    if (size.mode != ResizeMode::shortest)
      fail_key(class_, section_.subject("size"), "is not supported, expected shortest_edge alone");
    const std::int32_t edge = size.height;
    if (edge >= kSquashedFrom) {
      size.mode = ResizeMode::exact;
      return;
    }
    check_not_null("crop_pct");
    size.height = size.width = whole_side(edge / crop_pct(), section_.subject("crop_pct"));
    crop_to(edge, edge);
  }

  void apply_poolformer(Size& size) {
    const std::optional<Json> part = object_.find("crop_pct");
    if (part && part->is_null()) return;
    if (size.height == size.width) size.mode = ResizeMode::shortest;
    size.height = whole_side(size.height / crop_pct(), section_.subject("crop_pct"));
    size.width = whole_side(size.width / crop_pct(), section_.subject("crop_pct"));
  }

  double crop_pct() const { return section_.positive("crop_pct", class_.crop_pct); }

  void crop_to(std::int32_t height, std::int32_t width) {
    pipeline_.crop = true;
    pipeline_.crop_height = height;
    pipeline_.crop_width = width;
  }

  void read_crop() {
    if (class_.rule == SizeRule::patches) return;
    Size crop{ResizeMode::exact, class_.crop_size, class_.crop_size};
    if (const std::optional<Json> value = section_.find("crop_size")) crop = read_size(*value, true);
    if (!flag("do_center_crop", class_.crop == CropDefault::yes)) {
      if (!pipeline_.crop && crop.height > 0) {  // kept for writing these settings to a file
        pipeline_.crop_height = crop.height;
        pipeline_.crop_width = crop.width;
      }
      return;
    }
    const std::string subject = section_.subject("crop_size");
    check_not_null("crop_size");
    if (crop.mode != ResizeMode::exact)
      fail(ErrorCode::unsupported, subject, "is shortest_edge, expected height and width");
    if (crop.height == 0)
      fail(ErrorCode::missing, subject,
           "is missing, but do_center_crop is true (" + std::string(class_.name) + ")");
    if (pipeline_.crop && (crop.height != pipeline_.crop_height || crop.width != pipeline_.crop_width))
      fail_key(class_, subject, "differs from the size that crop_pct gives; two crops are not supported");
    crop_to(crop.height, crop.width);
  }

  void read_values() {
    config_.do_rescale = flag("do_rescale", true);
    if (has_own_key(class_, "rescale")) config_.do_rescale = flag("rescale", config_.do_rescale);
    if (config_.do_rescale) check_not_null("rescale_factor");
    config_.rescale_factor = class_.rescale_factor;
    if (const std::optional<Json> factor = section_.find("rescale_factor"))
      config_.rescale_factor = factor->as_double();
    config_.do_normalize = flag("do_normalize", true);
    for (const std::string_view key : {"image_mean", "image_std"}) {
      if (config_.do_normalize) check_not_null(key);
    }
    std::copy(class_.statistics.mean.begin(), class_.statistics.mean.end(), std::begin(config_.mean));
    std::copy(class_.statistics.std.begin(), class_.statistics.std.end(), std::begin(config_.std));
    section_.channels("image_mean", ChannelValues::any, config_.mean);
    section_.channels("image_std", ChannelValues::positive, config_.std);
    if (has_own_key(class_, "rescale_offset") && flag("rescale_offset", false))
      fail_key(class_, section_.subject("rescale_offset"), "is true, expected false");
    if (has_own_key(class_, "include_top") && flag("include_top", true))
      fail_key(class_, section_.subject("include_top"), "is not false, so images would be normalised twice");
  }

  const Json object_;
  const Section section_;
  const ImageProcessorClass& class_;
  PreprocessorConfig config_;
  PixelPipeline& pipeline_;
};

}  // namespace

PreprocessorConfig image_processor_config(const Json& object, const ImageProcessorClass& processor_class) {
  return Reader(object, processor_class).read();
}

}  // namespace sightline
