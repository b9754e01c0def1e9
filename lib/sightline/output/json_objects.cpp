// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/json_objects.h"

namespace sightline {

void JsonObjects::begin() {
  if (!lines_) out_.write("[");
}

std::string& JsonObjects::open() {
  text_ = lines_ ? "{" : first_ ? "\n{" : ",\n{";
  first_ = false;
  return text_;
}

void JsonObjects::close() {
  text_ += lines_ ? "}\n" : "}";
  out_.write(text_);
}

void JsonObjects::finish() {
  if (!lines_) out_.write(first_ ? "]\n" : "\n]\n");
}

}  // namespace sightline
