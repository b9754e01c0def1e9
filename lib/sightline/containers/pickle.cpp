// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/pickle.h"

#include "sightline/base/error.h"
#include "sightline/containers/pickle_tree.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxNodes = 1'000'000;
constexpr std::size_t kMaxLinks = 4'000'000;
constexpr int kMaxDepth = 64;

}  // namespace

std::uint32_t PickleTree::add(const PickleNode& node) {
  if (nodes.size() == kMaxNodes) {
    fail(ErrorCode::limit, subject, "contains more than " + std::to_string(kMaxNodes) + " values");
  }
  nodes.push_back(node);
  return static_cast<std::uint32_t>(nodes.size() - 1);
}

void PickleTree::append(std::uint32_t parent, std::uint32_t child) {
  PickleNode& holder = nodes[parent];
  PickleNode& child_node = nodes[child];
  if (holder.is_contained || parent == child) {
    fail(ErrorCode::header, subject,
         "has a value that is modified after another value contains it, or that contains itself");
  }
  if (child_node.depth >= kMaxDepth) {
    fail(ErrorCode::limit, subject, "nests its values deeper than " + std::to_string(kMaxDepth));
  }
  if (links.size() == kMaxLinks) {
    fail(ErrorCode::limit, subject, "refers to its values more than " + std::to_string(kMaxLinks) + " times");
  }
  child_node.is_contained = true;
  if (holder.depth <= child_node.depth) holder.depth = static_cast<std::uint8_t>(child_node.depth + 1);
  const auto link = static_cast<std::uint32_t>(links.size());
  links.push_back({child, 0});
  if (holder.count == 0) {
    holder.first = link;
  } else {
    links[holder.last].next = link;
  }
  holder.last = link;
  ++holder.count;
}

PickleKind PickleValue::kind() const { return tree_->nodes[node_].kind; }

void PickleValue::expect(bool right, std::string_view kind) const {
  if (!right) fail(ErrorCode::header, tree_->subject, "contains a value that is not " + std::string(kind));
}

PickleValue PickleValue::child(std::int64_t index) const {
  const PickleNode& node = tree_->nodes[node_];
  if (index < 0 || index >= node.count) {
    fail(ErrorCode::header, tree_->subject,
         "has " + std::to_string(node.count) + " values in one, expected at least " +
             std::to_string(index + 1));
  }
  std::uint32_t link = node.first;
  for (std::int64_t i = 0; i < index; ++i) link = tree_->links[link].next;
  return {tree_, tree_->links[link].value};
}

std::int64_t PickleValue::as_integer() const {
  if (is(PickleKind::big_integer)) {
    fail(ErrorCode::range, tree_->subject, "has an integer of more than 64 bits where a number is expected");
  }
  expect(is(PickleKind::integer), "an integer, as expected");
  return tree_->nodes[node_].number;
}

bool PickleValue::as_boolean() const {
  expect(is(PickleKind::boolean), "true or false, as expected");
  return tree_->nodes[node_].number != 0;
}

std::string_view PickleValue::as_text() const {
  expect(is(PickleKind::text), "a string, as expected");
  const PickleNode& node = tree_->nodes[node_];
  return sightline::as_text(tree_->bytes.subspan(node.first, node.count));
}

std::int64_t PickleValue::size() const {
  const std::int64_t count = tree_->nodes[node_].count;
  if (is(PickleKind::dict)) return count / 2;
  return is(PickleKind::tuple) || is(PickleKind::list) ? count : 0;
}

PickleValue PickleValue::item(std::int64_t index) const {
  expect(is(PickleKind::tuple) || is(PickleKind::list), "a tuple or list, as expected");
  return child(index);
}

void PickleValue::for_each_item(FunctionRef<void(const PickleValue& item)> visit) const {
  expect(is(PickleKind::tuple) || is(PickleKind::list), "a tuple or list, as expected");
  const PickleNode& node = tree_->nodes[node_];
  std::uint32_t link = node.first;
  for (std::uint32_t i = 0; i < node.count; ++i, link = tree_->links[link].next) {
    visit({tree_, tree_->links[link].value});
  }
}

void PickleValue::for_each_pair(
    FunctionRef<void(const PickleValue& key, const PickleValue& value)> visit) const {
  expect(is(PickleKind::dict), "a dict, as expected");
  const PickleNode& node = tree_->nodes[node_];
  std::uint32_t link = node.first;
  for (std::uint32_t i = 0; i < node.count; i += 2) {
    const PickleTree::Link key = tree_->links[link], value = tree_->links[key.next];
    visit({tree_, key.value}, {tree_, value.value});
    link = value.next;
  }
}

std::string_view PickleValue::module() const {
  expect(is(PickleKind::global), "a global, as expected");
  return child(0).as_text();
}

std::string_view PickleValue::name() const {
  expect(is(PickleKind::global), "a global, as expected");
  return child(1).as_text();
}

PickleValue PickleValue::function() const {
  expect(is(PickleKind::call), "a call, as expected");
  return child(0);
}

PickleValue PickleValue::arguments() const {
  expect(is(PickleKind::call), "a call, as expected");
  return child(1);
}

std::optional<PickleValue> PickleValue::state() const {
  expect(is(PickleKind::record), "an object, as expected");
  if (tree_->nodes[node_].count < 2) return std::nullopt;
  return child(1);
}

PickleValue PickleValue::id() const {
  expect(is(PickleKind::persistent), "a persistent id, as expected");
  return child(0);
}

PickleDocument::PickleDocument(ByteView bytes, std::string_view subject, const PickleRules& rules)
    : tree_(std::make_unique<PickleTree>(interpret_pickle(bytes, subject, rules))) {}
PickleDocument::~PickleDocument() = default;
PickleDocument::PickleDocument(PickleDocument&&) noexcept = default;
PickleDocument& PickleDocument::operator=(PickleDocument&&) noexcept = default;

PickleValue PickleDocument::root() const { return {tree_.get(), tree_->root}; }

}  // namespace sightline
