// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/tokenizer_fit.h"

#include <algorithm>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/text/tokenizer_wrapper.h"

namespace sightline {
namespace {

constexpr std::int64_t kDefaultEnd = TextTowerConfig().eos_token_id;

[[noreturn]] void fail_without_row(std::string_view what, std::int64_t id, std::int64_t rows,
                                   const std::string& file) {
  fail(ErrorCode::mismatch, file,
       std::string(what) + " has id " + std::to_string(id) + ", but the token embedding has " +
           std::to_string(rows) + " rows");
}

/// A tokenizer with more ids than the token embedding has rows.
class FittedTokenizer : public TokenizerWrapper {
 public:
  FittedTokenizer(std::unique_ptr<Tokenizer> tokenizer, std::int64_t rows, std::string file)
      : TokenizerWrapper(std::move(tokenizer)), rows_(rows), file_(std::move(file)) {}

  Encoding encode(std::string_view utf8, std::int64_t max_length) const override {
    Encoding encoding = inner().encode(utf8, max_length);
    for (const std::int32_t id : encoding.ids) {
      if (id >= rows_) fail_without_row("a token of the text", id, rows_, file_);
    }
    return encoding;
  }

 private:
  std::int64_t rows_;
  std::string file_;
};

struct Padding {
  std::int32_t id;
  std::int64_t length;
  bool left;
  bool replaces_end;
};

/// A tokenizer whose texts all have `length` ids.
class PaddingTokenizer : public TokenizerWrapper {
 public:
  PaddingTokenizer(std::unique_ptr<Tokenizer> tokenizer, const Padding& padding)
      : TokenizerWrapper(std::move(tokenizer)), padding_(padding) {}

  Encoding encode(std::string_view utf8, std::int64_t max_length) const override {
    const std::int64_t length = std::min(max_length, padding_.length);
    Encoding encoding = inner().encode(utf8, length);
    if (padding_.replaces_end) std::ranges::replace(encoding.ids, inner().end_id(), padding_.id);
    encoding.padding = length - std::ssize(encoding.ids);
    const auto place = padding_.left ? encoding.ids.begin() : encoding.ids.end();
    encoding.ids.insert(place, static_cast<std::size_t>(encoding.padding), padding_.id);
    return encoding;
  }
  std::int32_t pad_id() const override { return padding_.id; }
  bool pads_left() const override { return padding_.left; }

 private:
  Padding padding_;
};

}  // namespace

std::unique_ptr<Tokenizer> with_padding(std::unique_ptr<Tokenizer> tokenizer, const ModelConfig& config,
                                        std::string_view file) {
  std::int64_t pad = tokenizer->pad_id();
  if (pad == kNoToken) pad = config.text.pad_id.value();
  if (pad >= config.text.vocabulary_size)
    fail_without_row("the padding of a text", pad, config.text.vocabulary_size, std::string(file));
  const bool left = tokenizer->pads_left() && config.tokenizer.source != TokenizerSource::openclip;
  const Padding padding{static_cast<std::int32_t>(pad), config.text.context_length, left,
                        config.tokenizer.drops_end};
  return std::make_unique<PaddingTokenizer>(std::move(tokenizer), padding);
}

std::unique_ptr<Tokenizer> fit_to_rows(std::unique_ptr<Tokenizer> tokenizer, std::int64_t rows,
                                       const std::string& folder, const std::string& file) {
  if (tokenizer->start_id() >= rows)
    fail_without_row("the start of a text", tokenizer->start_id(), rows, file);
  if (tokenizer->end_id() >= rows) fail_without_row("the end of a text", tokenizer->end_id(), rows, file);
  if (tokenizer->vocabulary_size() <= rows) return tokenizer;
  return std::make_unique<FittedTokenizer>(std::move(tokenizer), rows, join_path(folder, file));
}

void check_end(const Tokenizer& tokenizer, const TextTowerConfig& config, std::string_view file) {
  const std::string name(file);
  if (config.pooling != Pooling::largest_id && config.pooling != Pooling::first_eos) return;
  if (config.pooling == Pooling::largest_id) {
    if (tokenizer.start_id() + 1 < tokenizer.vocabulary_size()) return;
    fail(ErrorCode::mismatch, "config.json: eos_token_id",
         "is 2, which pools each text at its largest id, but that is always the start token, " +
             std::to_string(tokenizer.start_id()) + " (" + name + ")");
  }
  if (config.eos_token_id == tokenizer.end_id()) return;
  const bool by_default = config.eos_token_id == kDefaultEnd && kDefaultEnd >= config.vocabulary_size;
  fail(ErrorCode::mismatch, "config.json: eos_token_id",
       "is " + std::to_string(config.eos_token_id) +
           (by_default ? " (the default if the key is absent)" : "") +
           ", but the tokenizer ends texts with " + std::to_string(tokenizer.end_id()) + " (" + name + ")");
}

}  // namespace sightline
