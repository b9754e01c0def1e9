// SPDX-License-Identifier: Apache-2.0
#include "cli/hints.h"

#include <algorithm>

#include "batch/image_extensions.h"
#include "batch/inputs.h"
#include "cli/remedies.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

struct Pair {
  std::string_view name, answer;
};

// Options of clip.cpp, open_clip, clip-retrieval, rclip, the scripts of transformers and PyTorch, and
// grep-like tools, with their names in this program.
constexpr Pair kOptions[] = {
    {"--topk", "--top"},
    {"--top-k", "--top"},
    {"--top_k", "--top"},
    {"-k", "--top"},
    {"--limit", "--top"},
    {"--num-results", "--top"},
    {"--text", "--caption"},
    {"--texts", "--caption"},
    {"--prompt", "--caption"},
    {"--prompts", "--caption"},
    {"--query", "--caption"},
    {"--candidate-labels", "--labels"},
    {"--candidate_labels", "--labels"},
    {"--classes", "--labels"},
    {"--class-names", "--labels"},
    {"--categories", "--labels"},
    {"--classnames", "--labels"},
    {"--class-file", "--labels-from"},
    {"--labels-file", "--labels-from"},
    {"--prompt-template", "--template"},
    {"--pretrained", "--model"},
    {"--ckpt", "--model"},
    {"--checkpoint", "--model"},
    {"--weights", "--model"},
    {"--model-name", "--model"},
    {"--model-path", "--model"},
    {"--model_name_or_path", "--model"},
    {"--workers", "--threads"},
    {"--num-workers", "--threads"},
    {"--num_workers", "--threads"},
    {"--num-threads", "--threads"},
    {"--jobs", "--threads"},
    {"--batch", "--batch-size"},
    {"--bs", "--batch-size"},
    {"--out", "--output"},
    {"--outfile", "--output"},
    {"--output-file", "--output"},
    {"--output-folder", "--output"},
    {"--input-list", "--files-from"},
    {"--file-list", "--files-from"},
    {"--filelist", "--files-from"},
    {"--ignore", "--exclude"},
    {"--ignore-dir", "--exclude"},
    {"--exclude-dir", "--exclude"},
    {"--follow-links", "--follow"},
    {"--follow-symlinks", "--follow"},
    {"--no-ignore", "--hidden"},
    {"--overwrite", "--force"},
    {"--clobber", "--force"},
    {"--yes", "--force"},
    {"--silent", "--quiet"},
    {"--continue-on-error", "--on-error"},
    {"--min-score", "--threshold"},
    {"--colour", "--color"},
};

constexpr std::string_view kCpuOnly = "sightline runs on the CPU only";
constexpr std::string_view kFolders = "folders are searched recursively: sightline COMMAND photos/";
constexpr std::string_view kImages = "images are positional arguments: sightline COMMAND dog.jpg photos/";
constexpr std::string_view kTexts = "to embed texts: sightline embed-text 'a photo of a dog'";
constexpr std::string_view kVersionHint = "try: sightline --version";
constexpr std::string_view kForms =
    "the extension of the output file selects the format; -f selects it for stdout";
constexpr std::string_view kPrecision =
    "computation is in float32; for smaller files use --output-dtype f16 (.npy) or convert-weights --dtype "
    "f16 "
    "(models)";

constexpr Pair kRemarksOnOptions[] = {
    {"--device", kCpuOnly},
    {"--gpu", kCpuOnly},
    {"--cuda", kCpuOnly},
    {"--cpu", kCpuOnly},
    {"--gpus", kCpuOnly},
    {"--mps", kCpuOnly},
    {"--use-gpu", kCpuOnly},
    {"--no-cuda", kCpuOnly},
    {"--image", kImages},
    {"--images", kImages},
    {"-i", kImages},
    {"--input", kImages},
    {"--image-path", kImages},
    {"--image-dir", kFolders},
    {"--image-folder", kFolders},
    {"--dir", kFolders},
    {"--folder", kFolders},
    {"--input-dir", kFolders},
    {"--recursive", kFolders},
    {"-r", kFolders},
    {"-R", kFolders},
    {"--json", kForms},
    {"--jsonl", kForms},
    {"--csv", kForms},
    {"--tsv", kForms},
    {"--npy", kForms},
    {"--fp16", kPrecision},
    {"--half", kPrecision},
    {"--amp", kPrecision},
    {"--bf16", kPrecision},
    {"--fp32", kPrecision},
    {"--int8", kPrecision},
    {"--quantize", kPrecision},
    {"--cache-dir", "the cache folder is $HF_HUB_CACHE, else $HF_HOME/hub"},
    {"--cache_dir", "the cache folder is $HF_HUB_CACHE, else $HF_HOME/hub"},
    {"--precision", kPrecision},
    {"--text", kTexts},
    {"--texts", kTexts},
    {"--prompt", kTexts},
    {"--prompts", kTexts},
    {"-c", kTexts},
    {"--version", kVersionHint},
    {"-V", kVersionHint},
};

constexpr Pair kCommands[] = {
    {"rank", "score"},
    {"search", "score"},
    {"classify", "score"},
    {"zero-shot", "score"},
    {"similarity", "score"},
    {"compare", "score"},
    {"predict", "score"},
    {"encode", "embed-image"},
    {"images", "embed-image"},
    {"inference", "embed-image"},
    {"texts", "embed-text"},
    {"tokenize", "embed-text"},
    {"quantize", "convert-weights"},
    {"export", "convert-weights"},
    {"show", "info"},
    {"summary", "info"},
    {"inspect", "info"},
    {"version", "--version"},
};

template <std::size_t kCount>
std::string_view look_up(const Pair (&table)[kCount], std::string_view name) {
  const Pair* found =
      std::find_if(std::begin(table), std::end(table), [&](const Pair& pair) { return pair.name == name; });
  return found == std::end(table) ? std::string_view() : found->answer;
}

bool is_plain_word(const std::string& path) {
  return !path.empty() && path != "-" && path.find_first_of("./\\") == std::string::npos;
}

bool is_named_as_image(const std::string& path) {
  static const ImageExtensions extensions(image_formats());
  return extensions.kind(extension_of(path)) != ExtensionKind::other;
}

/// The scheme of a URL: "https" for "https://example.org/dog.jpg"; "" for anything else.
std::string scheme_of(const std::string& path) {
  const std::size_t colon = path.find("://");
  if (colon == std::string::npos || colon == 0) return "";
  const std::string scheme = path.substr(0, colon);
  const bool plain = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return plain ? scheme : "";
}

}  // namespace

std::string option_instead_of(std::string_view name, const std::vector<std::string>& known) {
  const std::string instead(look_up(kOptions, name));
  return std::find(known.begin(), known.end(), instead) == known.end() ? "" : instead;
}

std::string remark_on_option(std::string_view name) { return std::string(look_up(kRemarksOnOptions, name)); }

std::string command_instead_of(std::string_view name) { return std::string(look_up(kCommands, name)); }

std::string remark_on_command(std::string_view name) {
  const bool fetches = name == "download" || name == "fetch" || name == "pull" || name == "get";
  return fetches ? "to download a model: " + fetch_command("clip-vit-base-patch32") : "";
}

bool may_be_caption(const std::string& path) {
  if (path.find(' ') != std::string::npos) return !is_named_as_image(path);
  return is_plain_word(path);
}

std::string ImageHints::about(const std::string& path, const Outcome& outcome) {
  // A name that exceeds the limit of the file system gives IO.
  const bool absent = outcome.error == ErrorCode::missing || outcome.error == ErrorCode::io;
  if (!absent && outcome.message != kListAsImage) return "";
  std::string kind;
  std::string text = explain(path, outcome.message, kind);
  return text.empty() || !explained_.insert(kind).second ? "" : text;
}

std::string ImageHints::explain(const std::string& path, std::string_view message, std::string& kind) const {
  const std::string shown = printable(path);
  const bool query = about_ == HintContext::query;
  if (message == kListAsImage) {
    if (query || about_ == HintContext::pair) return "";
    kind = "list";
    return "to read a list of paths: --files-from " + shown;
  }
  if (const std::string scheme = scheme_of(path); !scheme.empty()) {
    kind = "url";
    if (scheme == "file") return "pass the path without the scheme: " + shown.substr(scheme.size() + 3);
    if (scheme != "http" && scheme != "https" && scheme != "ftp") return "only local files are supported";
    if (about_ == HintContext::pair) return "images are not downloaded; name local files";
    const std::string command = about_ == HintContext::embed_image ? "embed-image"
                                : query                            ? "score IMAGE... --like"
                                                                   : "score";
    return "images are not downloaded; try: curl -s '" + shown + "' | sightline " + command + " -";
  }
  if (about_ == HintContext::pair) return "";
  if (path.find_first_of("*?[") != std::string::npos) {
    kind = "pattern";
    return "the shell expands '" + shown + "' only if it is not quoted and matches a file";
  }
  if (path.starts_with('~') || path.starts_with('$')) {
    kind = "home";
    return "the shell expands ~ and $VARIABLE only outside single quotes";
  }
  if (!may_be_caption(path)) return "";
  kind = "caption";
  if (query) return "pass a caption with -c: -c '" + shown + "'";
  const bool words = path.find(' ') != std::string::npos;
  if (about_ == HintContext::embed_image) return words ? "to embed texts: sightline embed-text TEXT..." : "";
  if (labels_) return "--labels takes one argument; quote it if it contains spaces: --labels 'cat, dog'";
  return "each caption needs its own -c: -c '" + shown + "'";
}

}  // namespace sightline::app
