// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/json.h"

#include <simdjson.h>

#include <algorithm>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json_checks.h"

namespace sightline {
namespace {

using simdjson::dom::element_type;
constexpr std::uint32_t kNoParent = UINT32_MAX;
// Elements of an array that is at most this short and contains only scalars are looked up on demand: the
// merges of a tokenizer.json are 49,000 arrays of two.
constexpr std::uint32_t kNoNodes = UINT32_MAX;
constexpr std::size_t kFewElements = 8;

// The children of a node are adjacent, so paths can be computed from the parents alone and are not stored.
struct Node {
  simdjson::dom::element value;
  std::uint32_t parent = kNoParent;
  std::uint32_t first_child = 0;  // kNoNodes: the elements have no nodes
  std::uint32_t children = 0;
  std::uint32_t first_key = 0;  // of an object's children
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
  std::vector<std::string_view> keys;  // for members only; a file of merges has many more elements

  /// The path of a node, or of its element `element - 1`.
  std::string path(std::uint32_t node, std::uint32_t element = 0) const;
  simdjson::dom::element value(std::uint32_t node, std::uint32_t element) const {
    const simdjson::dom::element whole = nodes[node].value;
    return element == 0 ? whole : whole.get_array().value_unsafe().at(element - 1).value_unsafe();
  }
  /// The path of a member of an object.
  std::string_view key(const Node& object, std::uint32_t node) const {
    return keys[object.first_key + (node - object.first_child)];
  }
  element_type type(std::uint32_t node) const { return nodes[node].value.type(); }
};

std::string JsonTree::path(std::uint32_t node, std::uint32_t element) const {
  std::vector<std::uint32_t> chain;
  for (std::uint32_t at = node; nodes[at].parent != kNoParent; at = nodes[at].parent) chain.push_back(at);
  std::string text;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const std::uint32_t parent = nodes[*at].parent;
    if (type(parent) == element_type::ARRAY) {
      text += '[' + std::to_string(*at - nodes[parent].first_child) + ']';
    } else {
      if (!text.empty()) text += '.';
      text += key(nodes[parent], *at);
    }
  }
  if (element > 0) text += '[' + std::to_string(element - 1) + ']';
  if (text.empty()) return subject;
  return subject.empty() ? text : subject + ": " + text;
}

namespace {

[[noreturn]] void fail_large_number(std::string_view subject) {
  fail(ErrorCode::range, subject, "contains a number that fits neither a double nor 64 bits");
}

[[noreturn]] void fail_parse(std::string_view text, std::string_view subject, simdjson::error_code error,
                             const JsonLimits& limits) {
  if (!is_utf8(text)) fail(ErrorCode::utf8, subject, "is not UTF-8");
  // An error code of its own since simdjson 3.10; older versions do not define it.
  if (std::string_view(simdjson::error_message(error)).find("Big integer") != std::string_view::npos)
    fail_large_number(subject);
  switch (error) {
    case simdjson::EMPTY:
      fail(ErrorCode::header, subject, "is empty, expected JSON");
    case simdjson::CAPACITY:
      fail(ErrorCode::limit, subject, "is too large for a JSON file");
    case simdjson::MEMALLOC:
      throw std::bad_alloc();
    case simdjson::DEPTH_ERROR:
      fail(ErrorCode::header, subject,
           "is nested too deeply, at most " + std::to_string(limits.max_depth) + " levels are accepted");
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
  const std::size_t capacity = std::max<std::size_t>(text.size(), 64);  // the minimum capacity of the parser
  simdjson::dom::parser parser(capacity);
  // The caller checks the exact depth; one more level lets it see the level that is too deep.
  simdjson::error_code error = parser.allocate(capacity, static_cast<std::size_t>(limits.max_depth) + 2);
  if (error == simdjson::SUCCESS)
    error = parser.parse_into_document(tree.document, text.data(), text.size()).error();
  if (error != simdjson::SUCCESS) fail_parse(text, tree.subject, error, limits);
}

class TreeBuilder {
 public:
  TreeBuilder(JsonTree& tree, const JsonLimits& limits) : tree_(tree), limits_(limits) {}

  // Breadth first: the list of nodes doubles as the queue.
  void build() {
    add({tree_.document.root()});
    std::uint32_t level_end = 1;
    for (std::uint32_t at = 0; at < tree_.nodes.size(); ++at) {
      if (at == level_end) {
        ++depth_;
        level_end = static_cast<std::uint32_t>(tree_.nodes.size());
      }
      const simdjson::dom::element value = tree_.nodes[at].value;
      switch (value.type()) {
        case element_type::OBJECT:
          add_members(at, value.get_object().value_unsafe());
          break;
        case element_type::ARRAY:
          add_elements(at, value.get_array().value_unsafe());
          break;
        default:
          break;
      }
    }
  }

 private:
  void count_values(std::int64_t count) {
    values_ += count;
    if (values_ > limits_.max_values) {
      fail(ErrorCode::limit, tree_.subject,
           "contains more than " + std::to_string(limits_.max_values) + " values");
    }
  }
  void add(const Node& node) {
    count_values(1);
    tree_.nodes.push_back(node);
  }

  static bool is_short(const simdjson::dom::array& array) {
    std::size_t elements = 0;
    for (const auto element : array) {
      const element_type type = element.type();
      if (type == element_type::OBJECT || type == element_type::ARRAY || ++elements > kFewElements)
        return false;
    }
    return true;
  }

  /// `depth_` is the depth of `parent`: the number of arrays and objects around it.
  void check_depth(std::uint32_t parent) const {
    if (depth_ < limits_.max_depth) return;
    fail(ErrorCode::header, tree_.path(parent),
         "is nested too deeply, at most " + std::to_string(limits_.max_depth) + " levels are accepted");
  }

  void begin_children(std::uint32_t parent) {
    check_depth(parent);
    tree_.nodes[parent].first_child = static_cast<std::uint32_t>(tree_.nodes.size());
    tree_.nodes[parent].first_key = static_cast<std::uint32_t>(tree_.keys.size());
  }
  void end_children(std::uint32_t parent) {
    Node& node = tree_.nodes[parent];
    node.children = static_cast<std::uint32_t>(tree_.nodes.size()) - node.first_child;
  }

  void add_elements(std::uint32_t parent, const simdjson::dom::array& array) {
    begin_children(parent);
    if (is_short(array)) {
      Node& node = tree_.nodes[parent];
      node.first_child = kNoNodes;
      node.children = static_cast<std::uint32_t>(array.size());
      count_values(node.children);
      return;
    }
    for (const auto element : array) add({element, parent});
    end_children(parent);
  }

  void add_members(std::uint32_t parent, const simdjson::dom::object& object) {
    begin_children(parent);
    for (const auto member : object) {
      add({member.value, parent});
      tree_.keys.push_back(member.key);
    }
    end_children(parent);
    check_duplicates(parent);
  }

  void check_duplicates(std::uint32_t parent) {
    const Node& object = tree_.nodes[parent];
    const std::span keys(tree_.keys.data() + object.first_key, object.children);
    const std::optional<std::size_t> duplicate = duplicates_.find(keys);
    if (!duplicate) return;
    fail(ErrorCode::duplicate, tree_.path(object.first_child + static_cast<std::uint32_t>(*duplicate)),
         "duplicate key");
  }

  JsonTree& tree_;
  const JsonLimits& limits_;
  DuplicateKeys duplicates_;
  std::int64_t values_ = 0;
  int depth_ = 0;
};

}  // namespace

JsonDocument::JsonDocument(std::string_view text, std::string_view subject, JsonLimits limits)
    : tree_(std::make_unique<JsonTree>()) {
  tree_->subject = subject;
  parse(text, limits, *tree_);
  const std::size_t likely = std::min(text.size() / 8, static_cast<std::size_t>(limits.max_values)) + 1;
  tree_->nodes.reserve(likely);
  tree_->keys.reserve(likely);
  TreeBuilder(*tree_, limits).build();
}

JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

Json JsonDocument::root() const { return {tree_.get(), 0}; }

bool Json::is_null() const { return tree_->value(node_, element_).type() == element_type::NULL_VALUE; }
bool Json::is_bool() const { return tree_->value(node_, element_).type() == element_type::BOOL; }
bool Json::is_number() const {
  return is_integer() || tree_->value(node_, element_).type() == element_type::DOUBLE;
}
bool Json::is_string() const { return tree_->value(node_, element_).type() == element_type::STRING; }
bool Json::is_array() const { return tree_->value(node_, element_).type() == element_type::ARRAY; }
bool Json::is_object() const { return tree_->value(node_, element_).type() == element_type::OBJECT; }
bool Json::is_integer() const {
  const element_type type = tree_->value(node_, element_).type();
  return type == element_type::INT64 || type == element_type::UINT64;
}

void Json::expect(bool right, std::string_view kind) const {
  if (right) return;
  fail(ErrorCode::type, path(),
       "is " + std::string(kind_name(tree_->value(node_, element_).type())) + ", expected " +
           std::string(kind));
}

bool Json::as_bool() const {
  expect(is_bool(), "a boolean");
  return tree_->value(node_, element_).get_bool().value_unsafe();
}

std::int64_t Json::as_integer(std::int64_t low, std::int64_t high) const {
  expect(is_integer(), "an integer");
  const simdjson::dom::element value = tree_->value(node_, element_);
  const bool above =
      tree_->value(node_, element_).type() == element_type::UINT64;  // used only for values that do not fit
                                                                     // in int64
  const std::int64_t number = above ? INT64_MAX : value.get_int64().value_unsafe();
  if (above || number < low || number > high) {
    const std::string found =
        above ? std::to_string(value.get_uint64().value_unsafe()) : std::to_string(number);
    fail(ErrorCode::range, path(),
         "is " + found + ", expected " + std::to_string(low) + " to " + std::to_string(high));
  }
  return number;
}

double Json::as_double() const {
  expect(is_number(), "a number");
  return tree_->value(node_, element_).get_double().value_unsafe();
}

std::string_view Json::as_string() const {
  expect(is_string(), "a string");
  return tree_->value(node_, element_).get_string().value_unsafe();
}

std::optional<Json> Json::find(std::string_view key) const {
  expect(is_object(), "an object");
  const Node& node = tree_->nodes[node_];
  for (std::uint32_t at = node.first_child; at < node.first_child + node.children; ++at) {
    if (tree_->key(node, at) == key) return Json(tree_, at);
  }
  return std::nullopt;
}

Json Json::at(std::string_view key) const {
  const std::optional<Json> value = find(key);
  if (!value) fail(ErrorCode::missing, path(), "has no member '" + std::string(key) + "'");
  return *value;
}

std::string Json::path() const { return tree_->path(node_, element_); }

std::int64_t Json::size() const { return element_ == 0 ? tree_->nodes[node_].children : 0; }

void Json::for_each_member(FunctionRef<void(std::string_view, const Json&)> visit) const {
  expect(is_object(), "an object");
  const Node& node = tree_->nodes[node_];
  for (std::uint32_t at = node.first_child; at < node.first_child + node.children; ++at) {
    visit(tree_->key(node, at), Json(tree_, at));
  }
}

void Json::for_each_element(FunctionRef<void(const Json&)> visit) const {
  expect(is_array(), "an array");
  const Node& node = tree_->nodes[node_];
  for (std::uint32_t i = 0; i < node.children; ++i) {
    visit(node.first_child == kNoNodes ? Json(tree_, node_, i + 1) : Json(tree_, node.first_child + i));
  }
}

}  // namespace sightline
