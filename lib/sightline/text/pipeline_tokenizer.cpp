// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/pipeline_tokenizer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/limits.h"
#include "sightline/text/unicode.h"

namespace sightline {

void check_text(std::string_view text) {
  if (std::ssize(text) > kMaxTextBytes) {
    fail(ErrorCode::limit, "",
         "has " + std::to_string(text.size()) + " bytes, at most " + std::to_string(kMaxTextBytes) +
             " are accepted");
  }
  if (!is_utf8(text)) decode_utf8(text);  // raises the error with the byte position
}

PipelineTokenizer::PipelineTokenizer(TokenizerPipeline pipeline) : pipeline_(std::move(pipeline)) {
  assert(pipeline_.model);
}

void PipelineTokenizer::append_piece(Piece piece, std::vector<std::int32_t>& ids) const {
  if (!pipeline_.pre_tokenizer) {
    pipeline_.model->append_ids(piece.text, ids);
    return;
  }
  std::vector<Piece> pieces;
  pieces.push_back(std::move(piece));
  pipeline_.pre_tokenizer->split(pieces);
  for (const Piece& part : pieces) pipeline_.model->append_ids(part.text, ids);
}

void PipelineTokenizer::append_part(std::string_view text, bool at_start,
                                    std::vector<std::int32_t>& ids) const {
  std::string normalized(text);
  if (pipeline_.normalizer) normalized = pipeline_.normalizer->apply(std::move(normalized));
  if (std::ssize(normalized) > kMaxModelTextBytes) {
    fail(ErrorCode::limit, "",
         "has " + std::to_string(normalized.size()) + " bytes when normalised, at most " +
             std::to_string(kMaxModelTextBytes) + " are accepted");
  }
  bool first = at_start;
  pipeline_.normalized_tokens.split(
      normalized,
      [&](std::string_view part) {
        append_piece({std::string(part), first}, ids);
        first = false;
      },
      [&](std::int32_t id) {
        ids.push_back(id);
        first = false;
      });
}

Encoding PipelineTokenizer::encode(std::string_view utf8, std::int64_t max_length) const {
  check_text(utf8);
  std::vector<std::int32_t> ids;
  bool first = true;
  pipeline_.raw_tokens.split(
      utf8,
      [&](std::string_view part) {
        append_part(part, first, ids);
        first = false;
      },
      [&](std::int32_t id) {
        ids.push_back(id);
        first = false;
      });
  return pipeline_.around.apply(std::move(ids), std::min(max_length, pipeline_.max_length),
                                pipeline_.truncate_left);
}

}  // namespace sightline
