// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/target_folder.h"

#include <filesystem>

#include "sightline/base/parallel.h"
#include "sightline/convert/config_rewrite.h"
#include "sightline/files/file.h"
#include "sightline/model/config_writer.h"
#include "sightline/model/tokenizer_files.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/safetensors.h"

namespace sightline {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxSmallFile = 256LL << 20;

std::string text_of_file(const std::string& path) {
  return std::string(as_text(read_file(path, kMaxSmallFile)));
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

// The preprocessing is one file, flat, in the terms of CLIP's class, whatever the source has: transformers 4
// and 5 read that alike. Of a processor_config.json beside it, one would use the settings and the other would
// not; and names of classes, nulls and switches of a source's file do not mean the same to both.
void TargetFolder::read_source(const Conversion& conversion) {
  texts_.clear();
  read_config(conversion);
  texts_.emplace_back("preprocessor_config.json",
                      preprocessor_config_json(conversion.model.processor().image_config()));
  if (!conversion.tokenizer.empty()) read_tokenizer(conversion);
}

void TargetFolder::write(const Conversion& conversion) {
  write_weights(conversion);
  for (const auto& [name, text] : texts_) {
    OutputFile out(join_path(folder_.part(), name), true);
    out.write(text);
    out.commit();
    ++files_;
    bytes_ += out.size();
  }
}

std::unique_ptr<Model> TargetFolder::reopen(const Conversion&) const { return Model::open(folder_.part()); }

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
  write_safetensors(out, std::move(entries), &pool, fingerprint_metadata(weights, dtype));
  out.commit();
  ++files_;
  bytes_ += out.size();
}

void TargetFolder::read_config(const Conversion& conversion) {
  const ModelSource& source = conversion.model.source();
  if (source.dialect == "hf" && !source.config.empty()) {
    const std::string text = text_of_file(source.config);
    const auto& dtype = conversion.dtype;
    texts_.emplace_back("config.json", dtype ? with_dtype(text, source.config, dtype_name(*dtype)) : text);
    return;
  }
  const DType stored = conversion.model.checkpoint().find("text_projection.weight")->dtype;
  texts_.emplace_back("config.json",
                      config_json(conversion.model.config(), dtype_name(conversion.dtype.value_or(stored))));
}

// A vocabulary and merges under Hugging Face's names, and the two files that name the special tokens: those
// of the source where it has them. A map overrides the config, so beside a config of the source it says
// nothing.
void TargetFolder::read_tokenizer(const Conversion& conversion) {
  const std::string& folder = conversion.tokenizer;
  const TokenizerFiles files = find_tokenizer(folder);
  if (!files.vocabulary.empty()) {
    texts_.emplace_back("vocab.json", text_of_file(files.vocabulary));
    texts_.emplace_back("merges.txt", with_version_line(text_of_file(files.merges)));
  }
  const std::string whole = join_path(folder, "tokenizer.json");
  if (file_exists(whole) && is_hf_tokenizer(files))
    texts_.emplace_back("tokenizer.json", text_of_file(whole));
  if (!files.added_tokens.empty()) texts_.emplace_back("added_tokens.json", text_of_file(files.added_tokens));
  const bool openclip = files.vocabulary.empty()
                            ? false
                            : text_of_file(files.vocabulary).find("\"<start_of_text>\"") != std::string::npos;
  for (const auto& [name, made] :
       {std::pair<std::string_view, std::string>{"special_tokens_map.json",
                                                 files.config.empty() ? special_tokens(openclip) : "{}\n"},
        {"tokenizer_config.json",
         tokenizer_config(openclip, conversion.model.config().text.context_length)}}) {
    const std::string path = join_path(folder, name);
    texts_.emplace_back(name, file_exists(path) && is_hf_tokenizer(files) ? text_of_file(path) : made);
  }
}

std::string TargetFolder::summary() const {
  return std::to_string(files_) + " files, " + std::to_string(bytes_) + " bytes";
}

}  // namespace sightline
