// SPDX-License-Identifier: Apache-2.0
#include "target_folder.h"

#include <filesystem>

#include "config_rewrite.h"
#include "failure.h"
#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/model/config_writer.h"
#include "sightline/model/tokenizer_files.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/safetensors.h"

namespace sightline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxSmallFile = 256LL << 20;

std::string text_of_file(const std::string& path) {
  const std::vector<std::byte> bytes = in_stage(Stage::model, [&] { return read_file(path, kMaxSmallFile); });
  return std::string(as_text(bytes));
}

/// Hugging Face's readers skip the first line, which other libraries leave out.
std::string with_version_line(std::string merges) {
  return merges.starts_with("#version") ? merges : "#version: 0.2\n" + merges;
}

/// Whether the files lie as in a Hugging Face folder: only then are those beside them of the same kind.
bool is_hf_tokenizer(const TokenizerFiles& files) {
  return files.vocabulary.empty() || fs::path(files.vocabulary).filename() == "vocab.json";
}

std::string token_lines(bool openclip) {
  const std::string start = openclip ? "<start_of_text>" : "<|startoftext|>";
  const std::string end = openclip ? "<end_of_text>" : "<|endoftext|>";
  return "  \"bos_token\": \"" + start + "\",\n  \"eos_token\": \"" + end + "\",\n  \"pad_token\": \"" + end +
         "\",\n  \"unk_token\": \"" + end + "\"";
}
std::string special_tokens(bool openclip) { return "{\n" + token_lines(openclip) + "\n}\n"; }
std::string tokenizer_config(bool openclip, std::int64_t context_length) {
  return "{\n  \"add_prefix_space\": false,\n  \"do_lower_case\": true,\n  \"errors\": \"replace\",\n  "
         "\"model_max_length\": " +
         std::to_string(context_length) + ",\n  \"tokenizer_class\": \"CLIPTokenizer\",\n" +
         token_lines(openclip) + "\n}\n";
}

}  // namespace

TargetFolder::TargetFolder(const std::string& path, bool force) : folder_(path, force) {}

void TargetFolder::write_file(std::string_view name, std::string_view bytes) {
  OutputFile out(join_path(folder_.part(), name), true);
  out.write(bytes);
  out.commit();
  ++files_;
  bytes_ += out.size();
}

void TargetFolder::write(const Conversion& conversion) {
  write_weights(conversion);
  write_config(conversion);
  write_preprocessor(conversion);
  if (!conversion.tokenizer.empty()) write_tokenizer(conversion);
}

std::unique_ptr<CLIP> TargetFolder::reopen(const Conversion&) const {
  return CLIP::from_preset(folder_.part());
}

void TargetFolder::write_weights(const Conversion& conversion) {
  const Weights& weights = conversion.model.checkpoint();
  const std::optional<DType> dtype = conversion.dtype;
  std::vector<SafetensorsEntry> entries;
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    entries.push_back({name, tensor, dtype && is_floating(tensor.dtype) ? *dtype : tensor.dtype});
  }
  OutputFile out(join_path(folder_.part(), "model.safetensors"), true);
  ThreadPool pool(available_cores());
  try {
    write_safetensors(out, std::move(entries), &pool, fingerprint_metadata(weights, dtype));
  } catch (const Error& error) {  // a tensor that cannot be made or does not fit is the source's fault
    const bool of_file = error.code() == ErrorCode::io || error.code() == ErrorCode::no_space;
    throw Failure(of_file ? Stage::output : Stage::model, error);
  }
  out.commit();
  ++files_;
  bytes_ += out.size();
}

void TargetFolder::write_config(const Conversion& conversion) {
  const ModelSource& source = conversion.model.source();
  if (source.dialect == "hf" && !source.config.empty()) {
    const std::string text = text_of_file(source.config);
    const auto& dtype = conversion.dtype;
    write_file("config.json", dtype ? with_dtype(text, source.config, dtype_name(*dtype)) : text);
    return;
  }
  const DType stored = conversion.model.checkpoint().find("text_projection.weight")->dtype;
  write_file("config.json",
             config_json(conversion.model.config(), dtype_name(conversion.dtype.value_or(stored))));
}

// One file, flat, in the terms of CLIP's class, whatever the source has: transformers 4 and 5 read that
// alike. Of a processor_config.json beside it the one would take the settings and the other not; and names of
// classes, nulls and switches of a source's file do not mean the same to both.
void TargetFolder::write_preprocessor(const Conversion& conversion) {
  write_file("preprocessor_config.json", in_stage(Stage::model, [&] {
               return preprocessor_config_json(conversion.model.processor().image_config());
             }));
}

// A vocabulary and merges under Hugging Face's names, and the two files that name the special tokens: those
// of the source where it has them. A map overrides the config, so beside a config of the source it says
// nothing.
void TargetFolder::write_tokenizer(const Conversion& conversion) {
  const std::string& folder = conversion.tokenizer;
  const TokenizerFiles files = in_stage(Stage::model, [&] { return find_tokenizer(folder); });
  if (!files.vocabulary.empty()) {
    write_file("vocab.json", text_of_file(files.vocabulary));
    write_file("merges.txt", with_version_line(text_of_file(files.merges)));
  }
  const std::string whole = join_path(folder, "tokenizer.json");
  if (file_exists(whole) && is_hf_tokenizer(files)) write_file("tokenizer.json", text_of_file(whole));
  if (!files.added_tokens.empty()) write_file("added_tokens.json", text_of_file(files.added_tokens));
  const bool openclip = files.vocabulary.empty()
                            ? false
                            : text_of_file(files.vocabulary).find("\"<start_of_text>\"") != std::string::npos;
  for (const auto& [name, made] :
       {std::pair<std::string_view, std::string>{"special_tokens_map.json",
                                                 files.config.empty() ? special_tokens(openclip) : "{}\n"},
        {"tokenizer_config.json",
         tokenizer_config(openclip, conversion.model.config().text.context_length)}}) {
    const std::string path = join_path(folder, name);
    write_file(name, file_exists(path) && is_hf_tokenizer(files) ? text_of_file(path) : made);
  }
}

std::string TargetFolder::summary() const {
  return std::to_string(files_) + " files, " + std::to_string(bytes_) + " bytes";
}

}  // namespace sightline::app
