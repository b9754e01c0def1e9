// SPDX-License-Identifier: Apache-2.0
#include "batch/report.h"

#include "sightline/base/escape.h"
#include "sightline/base/format.h"

namespace sightline::app {

Report::Report(const std::string& path, bool force, std::string_view label_key) : Report(label_key) {
  open(path, force);
}

void Report::open(const std::string& path, bool force, Leftover leftover) {
  if (!path.empty()) out_.emplace(path, force, leftover);
}

void Report::continue_after(std::int64_t ok, std::int64_t skipped) {
  ok_ = ok;
  skipped_ = skipped;
}

void Report::add(const ItemStatus& item) {
  const bool good = item.outcome.ok();
  ++(good ? ok_ : skipped_);
  if (!out_) return;
  line_ = "{\"index\":" + std::to_string(item.index) + ',';
  append_json_label(line_, label_key_, item.label);
  if (item.caption) {
    line_ += ',';
    append_json_label(line_, "caption", *item.caption);
  }
  if (good) {
    line_ += ",\"status\":\"ok\",\"class\":null,\"message\":null";
  } else {
    append_json_failure(line_, item.outcome);
  }
  append_json_warnings(line_, item.outcome);
  line_ += "}\n";
  out_->write(line_);
}

void Report::flush_to_reader() {
  if (out_) out_->flush_to_reader();
}

void Report::prepare_commit() {
  if (!out_) return;
  complete_ = true;
  line_ = "{\"summary\":{\"inputs\":" + std::to_string(ok_ + skipped_) + ",\"ok\":" + std::to_string(ok_) +
          ",\"skipped\":" + std::to_string(skipped_);
  if (!reuse_.empty()) line_ += "," + reuse_;
  if (!unsupported_images_.empty()) line_ += ",\"passed_over\":" + unsupported_images_;
  if (!clipscore_.empty()) line_ += ",\"clipscore\":" + clipscore_;
  out_->write(line_ + "}}\n");
  out_->prepare_commit();
}

void Report::commit() {
  if (out_) out_->commit();
}

}  // namespace sightline::app
