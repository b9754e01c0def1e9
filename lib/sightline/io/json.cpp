#include "sightline/io/json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <system_error>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

using simdjson::dom::element_type;
constexpr std::uint32_t kNoParent = UINT32_MAX;
constexpr std::size_t kFewMembers = 8;

// Children of a node lie side by side, so that a path can be told from parents alone and nothing is stored
// for it.
struct Node {
  simdjson::dom::element value;
  std::string_view key;
  std::uint32_t parent = kNoParent;
  std::uint32_t first_child = 0;
  std::uint32_t children = 0;
  std::int32_t depth = 0;  // of arrays and objects that enclose the children
};

std::string_view kind_name(element_type type) {
  switch (type) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::INT64:
    case element_type::UINT64:
      return "an integer";
    case element_type::DOUBLE:
      return "a number with a fraction or exponent";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      return "null";
  }
  return "unknown";
}

}  // namespace

struct JsonTree {
  std::string subject;
  simdjson::dom::document document;
  std::vector<Node> nodes;

  std::string path(std::uint32_t node) const;
  element_type type(std::uint32_t node) const { return nodes[node].value.type(); }
};

std::string JsonTree::path(std::uint32_t node) const {
  std::vector<std::uint32_t> chain;
  for (std::uint32_t at = node; nodes[at].parent != kNoParent; at = nodes[at].parent) chain.push_back(at);
  std::string text;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const std::uint32_t parent = nodes[*at].parent;
    if (type(parent) == element_type::ARRAY) {
      text += '[' + std::to_string(*at - nodes[parent].first_child) + ']';
    } else {
      if (!text.empty()) text += '.';
      text += nodes[*at].key;
    }
  }
  if (text.empty()) return subject;
  return subject.empty() ? text : subject + ": " + text;
}

namespace {

// Whether the number that the parser refused in `text` keeps JSON's grammar and is only too large: every
// number outside of strings does, and one of them is that large. (A refused "number" may also be a value that
// begins like nothing known, as in [+1].)
bool holds_only_large_numbers(std::string_view text) {
  constexpr std::size_t kDigitsOf64Bits = 19;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  bool any_large = false;
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && digit(text[i])) ++i;
    return i - begin;
  };
  while (i < text.size()) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
      ++i;
    } else if (text[i] != '-' && !digit(text[i])) {
      ++i;
    } else {
      const std::size_t begin = i;
      if (text[i] == '-') ++i;
      const bool leading_zero = i < text.size() && text[i] == '0';
      const std::size_t whole = digits();
      if (whole == 0 || (leading_zero && whole > 1)) return false;
      if (i < text.size() && text[i] == '.' && (++i, digits() == 0)) return false;
      if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
        if (digits() == 0) return false;
      }
      double value = 0;
      const auto read = std::from_chars(text.data() + begin, text.data() + i, value);
      any_large |= whole >= kDigitsOf64Bits || read.ec == std::errc::result_out_of_range;
    }
  }
  return any_large;
}

[[noreturn]] void fail_large_number(std::string_view subject) {
  fail(ErrorCode::range, subject, "holds a number that fits neither a double nor 64 bits");
}

[[noreturn]] void fail_parse(std::string_view text, std::string_view subject, simdjson::error_code error,
                             const JsonLimits& limits) {
  if (!is_utf8(text)) fail(ErrorCode::utf8, subject, "is not UTF-8");
  // A code of its own since simdjson 3.10, without a name in older ones.
  if (std::string_view(simdjson::error_message(error)).find("Big integer") != std::string_view::npos)
    fail_large_number(subject);
  switch (error) {
    case simdjson::EMPTY:
      fail(ErrorCode::header, subject, "is empty, expected JSON");
    case simdjson::CAPACITY:
      fail(ErrorCode::limit, subject, "is too large for JSON");
    case simdjson::MEMALLOC:
      throw std::bad_alloc();
    case simdjson::DEPTH_ERROR:
      fail(ErrorCode::header, subject,
           "is nested too deep, at most " + std::to_string(limits.max_depth) + " levels are accepted");
    case simdjson::NUMBER_ERROR:
      if (holds_only_large_numbers(text)) fail_large_number(subject);
      fail(ErrorCode::header, subject, "is not JSON: malformed number");
    case simdjson::STRING_ERROR:
      fail(ErrorCode::header, subject, "is not JSON: malformed string or escape");
    case simdjson::UNCLOSED_STRING:
      fail(ErrorCode::header, subject, "is not JSON: a string is not closed");
    case simdjson::UNESCAPED_CHARS:
      fail(ErrorCode::header, subject, "is not JSON: a control character inside a string");
    default:
      fail(ErrorCode::header, subject, "is not JSON: misplaced or missing value, or text after its end");
  }
}

void parse(std::string_view text, const JsonLimits& limits, JsonTree& tree) {
  if (text.size() > static_cast<std::uint64_t>(limits.max_bytes)) {
    fail(ErrorCode::limit, tree.subject,
         "is JSON of " + std::to_string(text.size()) + " bytes, at most " + std::to_string(limits.max_bytes) +
             " are accepted");
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    fail(ErrorCode::header, tree.subject, "begins with a byte order mark (BOM), which JSON does not allow");
  }
  const std::size_t capacity = std::max<std::size_t>(text.size(), 64);  // the parser accepts no smaller one
  simdjson::dom::parser parser(capacity);
  // The exact depth is checked by the caller; one level more lets it see the level that is too deep.
  simdjson::error_code error = parser.allocate(capacity, static_cast<std::size_t>(limits.max_depth) + 2);
  if (error == simdjson::SUCCESS)
    error = parser.parse_into_document(tree.document, text.data(), text.size()).error();
  if (error != simdjson::SUCCESS) fail_parse(text, tree.subject, error, limits);
}

// FNV-1a over eight bytes at a time.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ text.size();
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 32;
  };
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  for (; i < text.size(); ++i) rest = rest << 8 | static_cast<unsigned char>(text[i]);
  mix(rest);
  return hash;
}

const Node* find_duplicate_by_sorting(std::span<const Node> members) {
  std::vector<const Node*> sorted;
  sorted.reserve(members.size());
  for (const Node& member : members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](const Node* a, const Node* b) { return a->key < b->key; });
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                        [](const Node* a, const Node* b) { return a->key == b->key; });
  return twice == sorted.end() ? nullptr : *twice;
}

// Scratch memory of the duplicate check, kept from object to object.
struct DuplicateTable {
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint32_t> slots;  // index + 1 of a member, its hash's upper bits above; 0 where free
};
constexpr int kIndexBits = 22;
constexpr std::uint32_t kMaxHashed = (1U << kIndexBits) - 1;
constexpr std::size_t kAhead = 8;  // members whose slot is fetched before its turn

// A member of `members` whose key stands there before, or nullptr. A table of open addressing; when keys are
// chosen to collide, sorting takes over, so that no text takes more than n log n.
const Node* find_duplicate(std::span<const Node> members, DuplicateTable& table) {
  if (members.size() >= kMaxHashed) return find_duplicate_by_sorting(members);
  std::size_t size = 16;
  while (size < members.size() * 2) size *= 2;
  table.slots.assign(size, 0);
  table.hashes.clear();
  for (const Node& member : members) table.hashes.push_back(hash_of(member.key));
  table.hashes.resize(members.size() + kAhead);

  std::size_t steps_left = 16 * members.size() + 64;
  for (std::size_t i = 0; i < members.size() && steps_left > 0; ++i) {
    __builtin_prefetch(&table.slots[table.hashes[i + kAhead] & (size - 1)]);
    const std::uint32_t tag = static_cast<std::uint32_t>(table.hashes[i] >> 32) & ~kMaxHashed;
    std::size_t slot = table.hashes[i] & (size - 1);
    for (; table.slots[slot] != 0 && steps_left > 0; slot = (slot + 1) & (size - 1), --steps_left) {
      const std::uint32_t seen = table.slots[slot];
      const bool same_tag = (seen & ~kMaxHashed) == tag;
      if (same_tag && members[(seen & kMaxHashed) - 1].key == members[i].key) return &members[i];
    }
    table.slots[slot] = tag | static_cast<std::uint32_t>(i + 1);
  }
  return steps_left > 0 ? nullptr : find_duplicate_by_sorting(members);
}

const Node* find_duplicate_of_few(std::span<const Node> members) {
  for (std::size_t i = 1; i < members.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (members[i].key == members[k].key) return &members[i];
    }
  }
  return nullptr;
}

class TreeBuilder {
 public:
  TreeBuilder(JsonTree& tree, const JsonLimits& limits) : tree_(tree), limits_(limits) {}

  // Breadth first: the nodes to be looked into are those already in the list.
  void build() {
    add({tree_.document.root(), {}, kNoParent, 0, 0, 0});
    for (std::uint32_t at = 0; at < tree_.nodes.size(); ++at) {
      const element_type type = tree_.type(at);
      if (type == element_type::OBJECT || type == element_type::ARRAY) add_children(at, type);
    }
  }

 private:
  void add(const Node& node) {
    if (static_cast<std::int64_t>(tree_.nodes.size()) >= limits_.max_values) {
      fail(ErrorCode::limit, tree_.subject,
           "holds more than " + std::to_string(limits_.max_values) + " values, the most that are accepted");
    }
    tree_.nodes.push_back(node);
  }

  void add_children(std::uint32_t parent, element_type type) {
    const simdjson::dom::element value = tree_.nodes[parent].value;
    const auto first = static_cast<std::uint32_t>(tree_.nodes.size());
    const std::int32_t depth = tree_.nodes[parent].depth + 1;
    if (depth > limits_.max_depth) {
      fail(ErrorCode::header, tree_.path(parent),
           "is nested too deep, at most " + std::to_string(limits_.max_depth) + " levels are accepted");
    }
    simdjson::dom::object object;
    simdjson::dom::array array;
    if (value.get(object) == simdjson::SUCCESS) {
      for (const auto member : object) add({member.value, member.key, parent, 0, 0, depth});
    } else if (value.get(array) == simdjson::SUCCESS) {
      for (const auto element : array) add({element, {}, parent, 0, 0, depth});
    }
    tree_.nodes[parent].first_child = first;
    tree_.nodes[parent].children = static_cast<std::uint32_t>(tree_.nodes.size()) - first;
    if (type == element_type::OBJECT) check_duplicates(parent);
  }

  void check_duplicates(std::uint32_t parent) {
    const Node& object = tree_.nodes[parent];
    const std::span<const Node> members(tree_.nodes.data() + object.first_child, object.children);
    const Node* twice =
        members.size() <= kFewMembers ? find_duplicate_of_few(members) : find_duplicate(members, table_);
    if (twice == nullptr) return;
    fail(ErrorCode::duplicate, tree_.path(static_cast<std::uint32_t>(twice - tree_.nodes.data())),
         "stands twice in the same object");
  }

  JsonTree& tree_;
  const JsonLimits& limits_;
  DuplicateTable table_;
};

}  // namespace

JsonDocument::JsonDocument(std::string_view text, std::string_view subject, JsonLimits limits)
    : tree_(std::make_unique<JsonTree>()) {
  tree_->subject = subject;
  parse(text, limits, *tree_);
  tree_->nodes.reserve(std::min(text.size() / 8, static_cast<std::size_t>(limits.max_values)) + 1);
  TreeBuilder(*tree_, limits).build();
}

JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

Json JsonDocument::root() const { return {tree_.get(), 0}; }

bool Json::is_null() const { return tree_->type(node_) == element_type::NULL_VALUE; }
bool Json::is_bool() const { return tree_->type(node_) == element_type::BOOL; }
bool Json::is_number() const { return is_integer() || tree_->type(node_) == element_type::DOUBLE; }
bool Json::is_string() const { return tree_->type(node_) == element_type::STRING; }
bool Json::is_array() const { return tree_->type(node_) == element_type::ARRAY; }
bool Json::is_object() const { return tree_->type(node_) == element_type::OBJECT; }
bool Json::is_integer() const {
  const element_type type = tree_->type(node_);
  return type == element_type::INT64 || type == element_type::UINT64;
}

void Json::expect(bool right, std::string_view kind) const {
  if (right) return;
  fail(ErrorCode::type, path(),
       "is " + std::string(kind_name(tree_->type(node_))) + ", expected " + std::string(kind));
}

bool Json::as_bool() const {
  expect(is_bool(), "a boolean");
  return tree_->nodes[node_].value.get_bool().value_unsafe();
}

std::int64_t Json::as_integer(std::int64_t low, std::int64_t high) const {
  expect(is_integer(), "an integer");
  const simdjson::dom::element value = tree_->nodes[node_].value;
  const bool above = tree_->type(node_) == element_type::UINT64;  // used only for what int64 cannot hold
  const std::int64_t number = above ? INT64_MAX : value.get_int64().value_unsafe();
  if (above || number < low || number > high) {
    const std::string seen =
        above ? std::to_string(value.get_uint64().value_unsafe()) : std::to_string(number);
    fail(ErrorCode::range, path(),
         "is " + seen + ", expected " + std::to_string(low) + " to " + std::to_string(high));
  }
  return number;
}

double Json::as_double() const {
  expect(is_number(), "a number");
  return tree_->nodes[node_].value.get_double().value_unsafe();
}

std::string_view Json::as_string() const {
  expect(is_string(), "a string");
  return tree_->nodes[node_].value.get_string().value_unsafe();
}

std::optional<Json> Json::find(std::string_view key) const {
  expect(is_object(), "an object");
  const Node& node = tree_->nodes[node_];
  for (std::uint32_t at = node.first_child; at < node.first_child + node.children; ++at) {
    if (tree_->nodes[at].key == key) return Json(tree_, at);
  }
  return std::nullopt;
}

Json Json::at(std::string_view key) const {
  const std::optional<Json> value = find(key);
  if (!value) fail(ErrorCode::missing, path(), "has no member '" + std::string(key) + "'");
  return *value;
}

std::string Json::path() const { return tree_->path(node_); }

std::int64_t Json::size() const { return tree_->nodes[node_].children; }

void Json::for_each_member(FunctionRef<void(std::string_view, const Json&)> visit) const {
  expect(is_object(), "an object");
  const Node& node = tree_->nodes[node_];
  for (std::uint32_t at = node.first_child; at < node.first_child + node.children; ++at) {
    visit(tree_->nodes[at].key, Json(tree_, at));
  }
}

void Json::for_each_element(FunctionRef<void(const Json&)> visit) const {
  expect(is_array(), "an array");
  const Node& node = tree_->nodes[node_];
  for (std::uint32_t at = node.first_child; at < node.first_child + node.children; ++at) {
    visit(Json(tree_, at));
  }
}

}  // namespace sightline
