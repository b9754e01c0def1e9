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

/// Hugging Face's readers skip the first line, which other libraries do not write.
std::string with_version_line(std::string merges) {
  if (!merges.starts_with("#version")) merges.insert(0, "#version: 0.2\n");
  return merges;
}

/// Whether the files are laid out as in a Hugging Face folder. Only then do the files next to them have the
/// same format.
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

// The preprocessing is always written as one flat preprocessor_config.json of CLIP's class, because
// transformers 4 and 5 read that alike. They disagree about a processor_config.json, and about class names,
// nulls and flags of other files.
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

// Writes the vocabulary and merges under Hugging Face's names, and the two files that name the special
// tokens, copied from the source if it has them. special_tokens_map.json overrides tokenizer_config.json, so
// it is empty if only the latter is copied.
void TargetFolder::read_tokenizer(const Conversion& conversion) {
  const std::string& folder = conversion.tokenizer;
  const TokenizerFiles files = find_tokenizer(folder);
  if (!files.vocabulary.empty()) {
    texts_.emplace_back("vocab.json", text_of_file(files.vocabulary));
    texts_.emplace_back("merges.txt", with_version_line(text_of_file(files.merges)));
  }
  const std::string tokenizer_json = join_path(folder, "tokenizer.json");
  if (file_exists(tokenizer_json) && is_hf_tokenizer(files))
    texts_.emplace_back("tokenizer.json", text_of_file(tokenizer_json));
  if (!files.added_tokens.empty()) texts_.emplace_back("added_tokens.json", text_of_file(files.added_tokens));
  const bool openclip = files.vocabulary.empty()
                            ? false
                            : text_of_file(files.vocabulary).find("\"<start_of_text>\"") != std::string::npos;
  for (const auto& [name, fallback] :
       {std::pair<std::string_view, std::string>{"special_tokens_map.json",
                                                 files.config.empty() ? special_tokens(openclip) : "{}\n"},
        {"tokenizer_config.json",
         tokenizer_config(openclip, conversion.model.config().text.context_length)}}) {
    const std::string path = join_path(folder, name);
    texts_.emplace_back(name, file_exists(path) && is_hf_tokenizer(files) ? text_of_file(path) : fallback);
  }
}

std::string TargetFolder::summary() const {
  return std::to_string(files_) + " files, " + std::to_string(bytes_) + " bytes";
}

}  // namespace sightline
