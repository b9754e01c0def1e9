// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/pickle_machine.h"

#include <limits>

#include "sightline/base/format.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxBytes = 64 << 20;
constexpr std::int64_t kMaxOperations = 10'000'000;
constexpr std::size_t kMaxMemo = 1'000'000;
constexpr std::uint32_t kUnset = std::numeric_limits<std::uint32_t>::max();

}  // namespace

PickleTree PickleMachine::run() {
  if (tree_.bytes.size() > kMaxBytes) {
    reject(ErrorCode::limit, "has " + std::to_string(tree_.bytes.size()) + " bytes, at most " +
                                 std::to_string(kMaxBytes) + " are accepted");
  }
  for (std::int64_t count = 0; !stopped_; ++count) {
    if (count == kMaxOperations) {
      reject(ErrorCode::limit, "has more than " + std::to_string(kMaxOperations) + " operations");
    }
    step();
  }
  if (stack_.size() != 1 || !marks_.empty()) {
    reject(ErrorCode::header, "ends with " + std::to_string(stack_.size()) + " values, expected one");
  }
  if (at_ != tree_.bytes.size()) reject(ErrorCode::unsafe, "continues after its end");
  check_factories();
  tree_.root = stack_.front();
  return std::move(tree_);
}

// A text of `size` bytes at the current position, as a node.
std::uint32_t PickleMachine::text_of(std::uint64_t size) {
  if (size > tree_.bytes.size() - at_) {
    reject(ErrorCode::truncated, "ends inside a text of " + std::to_string(size) + " bytes");
  }
  const PickleNode node{.kind = PickleKind::text,
                        .count = static_cast<std::uint32_t>(size),
                        .first = static_cast<std::uint32_t>(at_)};
  if (!is_utf8(as_text(tree_.bytes.subspan(node.first, node.count)))) {
    reject(ErrorCode::utf8, "has a string that is not UTF-8");
  }
  at_ += node.count;
  return tree_.add(node);
}

// The rest of the current line, as a node.
std::uint32_t PickleMachine::line() {
  const std::size_t end = as_text(tree_.bytes).find('\n', at_);
  if (end == std::string_view::npos) reject(ErrorCode::truncated, "ends inside a name");
  const std::uint32_t text = text_of(end - at_);
  ++at_;
  return text;
}

std::uint32_t& PickleMachine::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
    reject(ErrorCode::header, "takes a value from an empty stack");
  }
  return stack_.back();
}

std::uint32_t PickleMachine::pop() {
  const std::uint32_t value = top();
  stack_.pop_back();
  return value;
}

std::size_t PickleMachine::pop_mark() {
  if (marks_.empty()) reject(ErrorCode::header, "takes values up to a mark that was not set");
  const std::size_t begin = marks_.back();
  marks_.pop_back();
  return begin;
}

void PickleMachine::append_from(std::uint32_t holder, std::size_t begin) {
  for (std::size_t i = begin; i < stack_.size(); ++i) tree_.append(holder, stack_[i]);
  stack_.resize(begin);
}

// Creates a container from the stack entries from `begin` on.
std::uint32_t PickleMachine::collected(PickleKind kind, std::size_t begin) {
  if (kind == PickleKind::dict && (stack_.size() - begin) % 2 != 0) {
    reject(ErrorCode::header, "has a dict with a key that has no value");
  }
  const std::uint32_t holder = tree_.add({.kind = kind, .depth = 1});
  append_from(holder, begin);
  return holder;
}

// Index of the lowest of the top `count` values.
std::size_t PickleMachine::index_below_top(std::size_t count) const {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() - floor < count) reject(ErrorCode::header, "takes a value from an empty stack");
  return stack_.size() - count;
}

void PickleMachine::append_to_list(std::size_t begin) {
  if (!has_holder(begin) || tree_.nodes[stack_[begin - 1]].kind != PickleKind::list) {
    reject(ErrorCode::header, "appends to a value that is not a list");
  }
  append_from(stack_[begin - 1], begin);
}

void PickleMachine::append_to_dict(std::size_t begin) {
  if (!has_holder(begin) || tree_.nodes[stack_[begin - 1]].kind != PickleKind::dict) {
    reject(ErrorCode::header, "sets items of a value that is not a dict");
  }
  if ((stack_.size() - begin) % 2 != 0) reject(ErrorCode::header, "has a dict with a key that has no value");
  append_from(stack_[begin - 1], begin);
}

void PickleMachine::add_to_set(std::size_t begin) {
  if (!has_holder(begin) || tree_.nodes[stack_[begin - 1]].kind != PickleKind::set) {
    reject(ErrorCode::header, "adds items to a value that is not a set");
  }
  append_from(stack_[begin - 1], begin);
}

void PickleMachine::remember(std::size_t slot) {
  if (slot >= kMaxMemo) {
    reject(ErrorCode::limit, "stores a value in memo slot " + std::to_string(slot) + ", expected at most " +
                                 std::to_string(kMaxMemo - 1) + "");
  }
  const std::uint32_t value = top();
  if (slot >= memo_.size()) memo_.resize(slot + 1, kUnset);
  remembered_ += memo_[slot] == kUnset ? 1 : 0;
  memo_[slot] = value;
}

void PickleMachine::recall(std::size_t slot) {
  if (slot >= memo_.size() || memo_[slot] == kUnset) {
    reject(ErrorCode::header, "reads memo slot " + std::to_string(slot) + ", which is empty");
  }
  push(memo_[slot]);
}

std::string_view PickleMachine::text_at(std::uint32_t node) const {
  return as_text(tree_.bytes.subspan(tree_.nodes[node].first, tree_.nodes[node].count));
}

std::string PickleMachine::name_of(std::uint32_t global) const {
  const PickleTree::Link module = tree_.links[tree_.nodes[global].first];
  return std::string(text_at(module.value)).append(".").append(text_at(tree_.links[module.next].value));
}

void PickleMachine::push_global(std::uint32_t module, std::uint32_t name) {
  const PickleUse use = rules_.use(text_at(module), text_at(name));
  const std::uint32_t node = tree_.add({.kind = PickleKind::global, .use = use, .depth = 1});
  tree_.append(node, module);
  tree_.append(node, name);
  if (use == PickleUse::refused) {
    reject(ErrorCode::unsafe, "refers to " + name_of(node) + ", which no checkpoint needs");
  }
  if (use == PickleUse::unsupported) {
    reject(ErrorCode::unsupported, "contains a " + name_of(node) + ", which is not supported");
  }
  push(node);
}

void PickleMachine::global() {
  const std::uint32_t module = line();
  push_global(module, line());
}

void PickleMachine::stack_global() {
  const std::uint32_t name = pop(), module = pop();
  if (tree_.nodes[name].kind != PickleKind::text || tree_.nodes[module].kind != PickleKind::text) {
    reject(ErrorCode::header, "refers to a global whose name is not a string");
  }
  push_global(module, name);
}

void PickleMachine::protocol() {
  const int version = operand<std::uint8_t>();
  if (version < 2 || version > 5) {
    reject(ErrorCode::unsupported, "has protocol " + std::to_string(version) + ", expected 2 to 5");
  }
}

void PickleMachine::frame() {
  const auto size = operand<std::uint64_t>();
  if (size > tree_.bytes.size() - at_) {
    reject(ErrorCode::truncated, "ends inside a frame of " + std::to_string(size) + " bytes");
  }
}

void PickleMachine::reduce() {
  const std::uint32_t arguments = pop(), function = pop();
  if (tree_.nodes[function].kind != PickleKind::global || tree_.nodes[arguments].kind != PickleKind::tuple) {
    reject(ErrorCode::header,
           "calls a value that is not a function, or passes it something other than a tuple");
  }
  switch (tree_.nodes[function].use) {
    case PickleUse::ordered_dict:
      if (tree_.nodes[arguments].count != 0) return push_call(function, arguments);
      return push({.kind = PickleKind::dict, .depth = 1, .is_ordered = true});
    case PickleUse::default_dict:
      return reduce_default_dict(function, arguments);
    case PickleUse::latin1:
      return reduce_latin1(function, arguments);
    case PickleUse::callable:
      return push_call(function, arguments);
    default:
      reject(ErrorCode::unsafe, "calls " + name_of(function) + ", which is not a function of a checkpoint");
  }
}

void PickleMachine::push_call(std::uint32_t function, std::uint32_t arguments) {
  const std::uint32_t call = tree_.add({.kind = PickleKind::call, .depth = 1});
  tree_.append(call, function);
  tree_.append(call, arguments);
  push(call);
}

// The default factory is never called; it may only be named.
void PickleMachine::reduce_default_dict(std::uint32_t function, std::uint32_t arguments) {
  const PickleNode& tuple = tree_.nodes[arguments];
  if (tuple.count > 1) reject(ErrorCode::header, "creates a non-empty defaultdict, expected an empty one");
  if (tuple.count == 1) {
    PickleNode& factory = tree_.nodes[tree_.links[tuple.first].value];
    const bool is_factory = factory.kind == PickleKind::global && factory.use == PickleUse::factory;
    if (!is_factory && factory.kind != PickleKind::none) {
      reject(ErrorCode::unsafe,
             "creates a " + name_of(function) + " with a factory that no checkpoint needs");
    }
    factory.is_in_place = true;
  }
  push({.kind = PickleKind::dict, .depth = 1});
}

// Protocol 2 has no bytes: `_codecs.encode(text, 'latin1')` creates them, and `bytes()` creates empty ones.
void PickleMachine::reduce_latin1(std::uint32_t function, std::uint32_t arguments) {
  const PickleNode& tuple = tree_.nodes[arguments];
  const auto is_text = [&](std::uint32_t node) { return tree_.nodes[node].kind == PickleKind::text; };
  bool right = tuple.count == 0;
  if (tuple.count == 2) {
    const PickleTree::Link text = tree_.links[tuple.first], codec = tree_.links[text.next];
    right = is_text(text.value) && is_text(codec.value) && text_at(codec.value) == "latin1";
  }
  if (!right) reject(ErrorCode::unsafe, "calls " + name_of(function) + " for something other than bytes");
  push(PickleNode{.kind = PickleKind::bytes});
}

// Errors: unsafe for a factory that no defaultdict uses.
void PickleMachine::check_factories() const {
  for (std::uint32_t node = 0; node < tree_.nodes.size(); ++node) {
    const PickleNode& value = tree_.nodes[node];
    if (value.kind != PickleKind::global || value.use != PickleUse::factory || value.is_in_place) continue;
    reject(ErrorCode::unsafe, "refers to " + name_of(node) + ", which no checkpoint needs");
  }
}

void PickleMachine::new_object() {
  const std::uint32_t arguments = pop(), type = pop();
  if (tree_.nodes[type].kind != PickleKind::global || tree_.nodes[arguments].kind != PickleKind::tuple ||
      tree_.nodes[arguments].count != 0) {
    reject(ErrorCode::header, "creates an object of a value that is not a class, or with arguments");
  }
  if (tree_.nodes[type].use != PickleUse::record) {
    reject(ErrorCode::unsafe, "creates an object of " + name_of(type) + ", expected a class of the model");
  }
  const std::uint32_t record = tree_.add({.kind = PickleKind::record, .depth = 1});
  tree_.append(record, type);
  push(record);
}

void PickleMachine::build() {
  const std::uint32_t state = pop(), object = top();
  const PickleNode& node = tree_.nodes[object];
  if (node.kind == PickleKind::dict && node.is_ordered)
    return;  // attributes of the dict, which no checkpoint needs
  if (node.kind != PickleKind::record) {
    reject(ErrorCode::unsafe, "assigns a state to a value that is not an object of the model");
  }
  if (node.count != 1) reject(ErrorCode::header, "assigns a second state to an object");
  tree_.append(object, state);
}

void PickleMachine::persistent() {
  const std::uint32_t id = pop();
  const PickleNode& node = tree_.nodes[id];
  bool right = node.kind == PickleKind::tuple && node.count > 0;
  if (right) {
    const std::uint32_t tag = tree_.links[node.first].value;
    right = tree_.nodes[tag].kind == PickleKind::text && text_at(tag) == rules_.persistent_tag;
  }
  if (!right) {
    reject(ErrorCode::unsafe,
           "has a persistent id that is not a ('" + std::string(rules_.persistent_tag) + "', ...)");
  }
  const std::uint32_t value = tree_.add({.kind = PickleKind::persistent, .depth = 1});
  tree_.append(value, id);
  push(value);
}

// A two's complement integer of `size` bytes. Values that do not fit in 64 bits are never used.
void PickleMachine::integer(std::uint64_t size) {
  if (tree_.bytes.size() - at_ < size) reject(ErrorCode::truncated, "ends inside an operation");
  const std::size_t begin = at_;
  at_ += static_cast<std::size_t>(size);
  if (size > 8) return push(PickleNode{.kind = PickleKind::big_integer});
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < size; ++i) {
    bits |= static_cast<std::uint64_t>(tree_.bytes[begin + i]) << (8 * i);
  }
  if (size > 0 && size < 8 && (bits >> (8 * size - 1) & 1) != 0) bits |= ~std::uint64_t{0} << (8 * size);
  push_integer(static_cast<std::int64_t>(bits));
}

void PickleMachine::push_bytes(std::uint64_t size) {
  if (size > tree_.bytes.size() - at_) {
    reject(ErrorCode::truncated, "ends inside " + std::to_string(size) + " bytes");
  }
  at_ += static_cast<std::size_t>(size);
  push(PickleNode{.kind = PickleKind::bytes});
}

void PickleMachine::real() {
  const std::uint64_t bits = __builtin_bswap64(operand<std::uint64_t>());
  push({.kind = PickleKind::real, .number = static_cast<std::int64_t>(bits)});
}

PickleTree interpret_pickle(ByteView bytes, std::string_view subject, const PickleRules& rules) {
  return PickleMachine(bytes, subject, rules).run();
}

}  // namespace sightline
