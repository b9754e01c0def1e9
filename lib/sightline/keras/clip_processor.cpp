// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_processor.h"

#include <algorithm>
#include <utility>

#include "sightline/base/bytes.h"
#include "sightline/base/format.h"
#include "sightline/files/placeholder.h"
#include "sightline/keras/checks.h"
#include "sightline/model/config_section.h"
#include "sightline/model/processor.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline::keras {
namespace {

constexpr std::int64_t kMaxFileBytes = 64LL << 20;  // of a vocabulary or its merges

std::string file_text(const std::string& path, const char* argument) {
  if (path.empty()) fail(ErrorCode::missing, argument, "is not given, so no text can be read");
  const std::vector<std::byte> bytes = read_model_file(path, kMaxFileBytes);
  return std::string(as_text(bytes));
}

std::string vocabulary_text(const CLIPProcessor::Arguments& arguments) {
  if (const auto* path = std::get_if<std::string>(&arguments.vocabulary))
    return file_text(*path, "vocabulary");
  std::string json = "{";
  for (const auto& [token, id] : std::get<1>(arguments.vocabulary)) {
    if (json.size() > 1) json += ',';
    append_json_string(json, token);
    json.append(":").append(std::to_string(id));
  }
  return json + "}";
}

std::string merges_text(const CLIPProcessor::Arguments& arguments) {
  if (const auto* path = std::get_if<std::string>(&arguments.merges)) return file_text(*path, "merges");
  std::string lines = "#version: 0.2\n";
  for (const std::string& rule : std::get<1>(arguments.merges)) lines.append(rule).append("\n");
  return lines;
}

std::shared_ptr<const Processor> processor_of(const CLIPProcessor::Arguments& arguments) {
  const std::int64_t side = at_least_one(arguments.input_resolution, "input_resolution", kMaxImage);
  const std::int64_t context = at_least_one(arguments.context_length, "context_length", kMaxContext);
  return std::make_shared<Processor>(
      PreprocessorConfig::defaults(side), side,
      [arguments]() -> std::unique_ptr<Tokenizer> {
        const std::string vocabulary = vocabulary_text(arguments), merges = merges_text(arguments);
        return CLIPTokenizer::from_vocabulary(as_bytes(vocabulary), as_bytes(merges), TextCleaning::hf);
      },
      context);
}

}  // namespace

CLIPProcessor::CLIPProcessor(const Arguments& arguments) : CLIPProcessor(processor_of(arguments)) {}

CLIPProcessor::CLIPProcessor(std::shared_ptr<const Processor> processor) : processor_(std::move(processor)) {}

CLIPProcessor::~CLIPProcessor() = default;

CLIPProcessor::Tokens CLIPProcessor::tokens_of(std::span<const std::string_view> texts) const {
  const std::int64_t length = context_length();
  const Shape shape{std::ssize(texts), length};
  Tokens tokens{Tensor(shape, DType::i32), Tensor(shape, DType::boolean)};
  auto* ids = tokens.token_ids.data<std::int32_t>();
  auto* mask = tokens.padding_mask.data<bool>();
  for (const std::string_view text : texts) {
    const Encoding encoding = processor_->process_text(text);
    const auto count = static_cast<std::int64_t>(encoding.ids.size());
    std::fill_n(std::copy_n(encoding.ids.begin(), count, ids), length - count,
                processor_->tokenizer().end_id());
    std::fill_n(std::fill_n(mask, count, true), length - count, false);
    ids += length;
    mask += length;
  }
  return tokens;
}

CLIPProcessor::Tokens CLIPProcessor::operator()(std::string_view text) const { return tokens_of({&text, 1}); }

CLIPProcessor::Tokens CLIPProcessor::operator()(std::initializer_list<std::string_view> texts) const {
  return tokens_of({texts.begin(), texts.size()});
}

CLIPProcessor::Tokens CLIPProcessor::operator()(std::span<const std::string> texts) const {
  return tokens_of(std::vector<std::string_view>(texts.begin(), texts.end()));
}

Tensor CLIPProcessor::process_images(std::span<const std::string> paths) const {
  return processor_->process_images(paths);
}

Tensor CLIPProcessor::process_images(std::initializer_list<std::string_view> paths) const {
  const std::vector<std::string> copies(paths.begin(), paths.end());
  return process_images(std::span<const std::string>(copies));
}

std::int64_t CLIPProcessor::context_length() const { return processor_->context_length(); }

}  // namespace sightline::keras
