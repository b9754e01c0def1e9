// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/score_index.h"

#include "sightline/base/format.h"
#include "sightline/embeddings/companion_path.h"

namespace sightline {

std::string score_index_path_of(std::string_view npy_path) { return companion_path(npy_path, ".index.json"); }

ScoreIndexWriter::ScoreIndexWriter(OutputFile& out) : out_(out) { out_.write("{\"rows\":["); }

void ScoreIndexWriter::add(std::string_view label) {
  text_.assign(count_ > 0 ? "," : "");
  append_json_string(text_, label);
  out_.write(text_);
  if (!is_utf8(label)) non_utf8_labels_.emplace(count_, label);
  ++count_;
}

void ScoreIndexWriter::end_list(std::string_view key) {
  out_.write("]");
  if (!non_utf8_labels_.empty()) {
    text_.assign(",\"").append(key).append("_b64\":[");
    for (std::int64_t i = 0; i < count_; ++i) {
      if (i > 0) text_ += ',';
      const auto label = non_utf8_labels_.find(i);
      if (label == non_utf8_labels_.end()) {
        text_ += "null";
      } else {
        text_ += '"';
        append_base64(text_, label->second);
        text_ += '"';
      }
    }
    out_.write(text_ += ']');
  }
  count_ = 0;
  non_utf8_labels_.clear();
}

void ScoreIndexWriter::end_rows() {
  end_list("rows");
  out_.write(",\"columns\":[");
}

void ScoreIndexWriter::finish(std::string_view values) {
  end_list("columns");
  text_.assign(",\"values\":");
  append_json_string(text_, values);
  out_.write(text_ += "}\n");
}

}  // namespace sightline
