#include "sightline/text/vocabulary.h"

#include <algorithm>
#include <optional>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/io/json.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxVocabulary = 1 << 20;
constexpr std::int64_t kMaxMerges = 1'000'000;
constexpr std::size_t kMaxMergesBytes = 64 << 20;
constexpr std::size_t kMaxMergeLine = 4096;
constexpr std::string_view kEndOfWord = "</w>";

// GPT-2's table: printable bytes stand for themselves, the others for U+0100 and up, in order.
std::array<std::string, 256> byte_symbols() {
  std::array<std::string, 256> symbols;
  char32_t next = 256;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool printable_byte =
        (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    append_utf8(symbols[byte], printable_byte ? byte : next++);
  }
  return symbols;
}

/// Reads ids of the vocabulary and checks that they are 0 ... n-1, each once.
class IdReader {
 public:
  explicit IdReader(std::int64_t size) : seen_(static_cast<std::size_t>(size)) {}
  std::int32_t read(const Json& value) {
    if (!value.is_integer()) fail(ErrorCode::range, value.path(), "is not an id");
    const std::int64_t id = value.as_integer(0, static_cast<std::int64_t>(seen_.size()) - 1);
    if (seen_[static_cast<std::size_t>(id)]) {
      fail(ErrorCode::duplicate, value.path(), "has id " + std::to_string(id) + ", which another token has");
    }
    seen_[static_cast<std::size_t>(id)] = true;
    return static_cast<std::int32_t>(id);
  }

 private:
  std::vector<bool> seen_;
};

std::int32_t required(const SymbolTable& symbols, std::initializer_list<std::string_view> names,
                      std::string_view subject) {
  for (const std::string_view name : names) {
    if (const std::int32_t id = symbols.find(name); id >= 0) return id;
  }
  fail(ErrorCode::missing, subject, "has no token " + std::string(*names.begin()));
}

void set_symbols(Vocabulary& vocabulary, const SymbolTable& symbols, std::string_view subject) {
  const std::array<std::string, 256> names = byte_symbols();
  for (std::size_t byte = 0; byte < names.size(); ++byte) {
    vocabulary.bytes[byte] = symbols.find(names[byte]);
    vocabulary.final_bytes[byte] = symbols.find(names[byte] + std::string(kEndOfWord));
  }
  vocabulary.start_id = required(symbols, {"<|startoftext|>", "<start_of_text>"}, subject);
  vocabulary.end_id = required(symbols, {"<|endoftext|>", "<end_of_text>"}, subject);
  vocabulary.unknown_id = vocabulary.end_id;
}

/// Adds merges in rank order; `subject` says where each stands.
class MergeReader {
 public:
  MergeReader(const SymbolTable& symbols, std::size_t count) : symbols_(symbols), merger_(count) {}

  template <class Subject>
  void add(std::string_view left, std::string_view right, Subject subject) {
    merged_.assign(left).append(right);
    const std::int32_t a = symbols_.find(left), b = symbols_.find(right), c = symbols_.find(merged_);
    if (a < 0 || b < 0 || c < 0) {
      const std::string_view lacking = a < 0 ? left : b < 0 ? right : std::string_view(merged_);
      fail(ErrorCode::mismatch, subject(),
           "needs \"" + printable(lacking) + "\", which is not in the vocabulary");
    }
    if (!merger_.add(a, b, c)) {
      fail(ErrorCode::duplicate, subject(),
           "merges a pair that an earlier line merges: " + printable(left) + " " + printable(right));
    }
  }
  BytePairMerger take() { return std::move(merger_); }

 private:
  const SymbolTable& symbols_;
  BytePairMerger merger_;
  std::string merged_;
};

// One merge: two symbols and one space.
template <class Subject>
void add_line(MergeReader& merges, std::string_view line, Subject subject) {
  const std::size_t space = line.find(' ');
  const bool two = space != std::string_view::npos && space > 0 && space + 1 < line.size() &&
                   line.find(' ', space + 1) == std::string_view::npos;
  if (!two) fail(ErrorCode::header, subject(), "is not two symbols with one space between them");
  merges.add(line.substr(0, space), line.substr(space + 1), subject);
}

void check_merges_text(std::string_view text) {
  if (text.size() > kMaxMergesBytes) fail(ErrorCode::limit, "merges.txt", "is larger than 64 MiB");
  if (!is_utf8(text)) fail(ErrorCode::utf8, "merges.txt", "is not UTF-8");
  const auto lines = std::count(text.begin(), text.end(), '\n');
  if (lines > kMaxMerges) {
    fail(ErrorCode::limit, "merges.txt",
         "has " + std::to_string(lines) + " lines, at most " + std::to_string(kMaxMerges) + " are accepted");
  }
}

BytePairMerger read_merges(std::string_view text, const SymbolTable& symbols) {
  check_merges_text(text);
  MergeReader merges(symbols, static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
    const auto subject = [number] { return "merges.txt: line " + std::to_string(number); };
    if (line.size() > kMaxMergeLine) fail(ErrorCode::limit, subject(), "is longer than 4096 bytes");
    add_line(merges, line, subject);
  }
  return merges.take();
}

SymbolTable read_symbols(const Json& object, Vocabulary& vocabulary) {
  if (!object.is_object()) fail(ErrorCode::header, object.path(), "is not an object of tokens and ids");
  vocabulary.size = object.size();
  if (vocabulary.size > kMaxVocabulary) {
    fail(ErrorCode::limit, object.path(), "has " + std::to_string(vocabulary.size) + " tokens");
  }
  SymbolTable symbols(static_cast<std::size_t>(vocabulary.size));
  IdReader ids(vocabulary.size);
  object.for_each_member(
      [&](std::string_view token, const Json& value) { symbols.add(token, ids.read(value)); });
  return symbols;
}

void add_special(Vocabulary& vocabulary, const SymbolTable& symbols) {
  for (const std::string_view name :
       {"<|startoftext|>", "<|endoftext|>", "<start_of_text>", "<end_of_text>"}) {
    if (const std::int32_t id = symbols.find(name); id >= 0)
      vocabulary.added.push_back({std::string(name), id});
  }
}

// Whether somewhere below `value` an object says {"type": name}.
bool mentions_type(const std::optional<Json>& value, std::string_view name) {
  if (!value || value->is_null()) return false;
  bool found = false;
  if (value->is_object()) {
    value->for_each_member([&](std::string_view key, const Json& member) {
      found = found || (key == "type" && member.is_string() && member.as_string() == name) ||
              ((member.is_object() || member.is_array()) && mentions_type(member, name));
    });
  } else if (value->is_array()) {
    value->for_each_element([&](const Json& element) { found = found || mentions_type(element, name); });
  }
  return found;
}

void check_is_clip(const Json& root, const Json& model) {
  const std::optional<Json> type = model.find("type");
  if (type && type->is_string() && type->as_string() != "BPE") {
    fail(ErrorCode::unsupported, type->path(),
         "is \"" + printable(type->as_string()) + "\", expected CLIP's \"BPE\"");
  }
  const std::optional<Json> suffix = model.find("end_of_word_suffix");
  const bool clip = suffix && suffix->is_string() && suffix->as_string() == kEndOfWord &&
                    mentions_type(root.find("normalizer"), "Lowercase") &&
                    mentions_type(root.find("normalizer"), "NFC") &&
                    mentions_type(root.find("pre_tokenizer"), "ByteLevel") &&
                    mentions_type(root.find("pre_tokenizer"), "Split");
  if (!clip)
    fail(ErrorCode::unsupported, root.path(),
         "is not CLIP's tokenizer (its normaliser, pattern or word end differ)");
}

void read_added_tokens(const Json& root, Vocabulary& vocabulary) {
  const std::optional<Json> list = root.find("added_tokens");
  if (!list || list->is_null()) return;
  list->for_each_element([&](const Json& token) {
    const std::string_view content = token.at("content").as_string();
    const auto id = static_cast<std::int32_t>(token.at("id").as_integer(0, kMaxVocabulary));
    if (content.empty()) fail(ErrorCode::header, token.path(), "is an empty token");
    vocabulary.added.push_back({std::string(content), id});
    vocabulary.size = std::max<std::int64_t>(vocabulary.size, id + 1);
  });
}

BytePairMerger read_json_merges(const Json& list, const SymbolTable& symbols) {
  if (!list.is_array()) fail(ErrorCode::header, list.path(), "is not a list of merges");
  if (list.size() > kMaxMerges)
    fail(ErrorCode::limit, list.path(), "has " + std::to_string(list.size()) + " merges");
  MergeReader merges(symbols, static_cast<std::size_t>(list.size()));
  list.for_each_element([&](const Json& merge) {
    const auto subject = [&merge] { return merge.path(); };
    if (merge.is_string()) {
      add_line(merges, merge.as_string(), subject);
      return;
    }
    std::vector<std::string_view> pair;
    if (merge.is_array()) merge.for_each_element([&](const Json& part) { pair.push_back(part.as_string()); });
    if (pair.size() != 2) fail(ErrorCode::header, merge.path(), "is not a pair of symbols");
    merges.add(pair[0], pair[1], subject);
  });
  return merges.take();
}

}  // namespace

Vocabulary read_vocabulary(std::string_view vocab_json, std::string_view merges_txt) {
  const JsonDocument document(vocab_json, "vocab.json");
  Vocabulary vocabulary;
  const SymbolTable symbols = read_symbols(document.root(), vocabulary);
  set_symbols(vocabulary, symbols, "vocab.json");
  add_special(vocabulary, symbols);
  vocabulary.merger = read_merges(merges_txt, symbols);
  return vocabulary;
}

Vocabulary read_tokenizer_json(std::string_view tokenizer_json) {
  const JsonDocument document(tokenizer_json, "tokenizer.json");
  const Json root = document.root();
  if (!root.is_object()) fail(ErrorCode::header, "tokenizer.json", "is not a JSON object");
  const Json model = root.at("model");
  check_is_clip(root, model);
  Vocabulary vocabulary;
  const SymbolTable symbols = read_symbols(model.at("vocab"), vocabulary);
  set_symbols(vocabulary, symbols, "tokenizer.json");
  read_added_tokens(root, vocabulary);
  if (vocabulary.added.empty()) add_special(vocabulary, symbols);
  vocabulary.merger = read_json_merges(model.at("merges"), symbols);
  return vocabulary;
}

}  // namespace sightline
