// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/pickle_tree.h"

namespace sightline {

/// The stack machine that executes a pickle program. Its operations only build values; operations that would
/// do more are not implemented.
class PickleMachine {
 public:
  /// `rules` must outlive it.
  PickleMachine(ByteView bytes, std::string_view subject, const PickleRules& rules) : rules_(rules) {
    tree_.subject = subject;
    tree_.bytes = bytes;
  }
  /// Runs the program to its end, once. Errors: as `PickleDocument`.
  PickleTree run();

 private:
  [[noreturn]] void reject(ErrorCode code, const std::string& problem) const {
    fail(code, tree_.subject, problem + " (byte " + std::to_string(at_operation_) + ")");
  }
  void step();
  bool run_value(unsigned char code);
  bool run_container(unsigned char code);
  bool run_other(unsigned char code);
  template <class T>
  T operand();
  std::uint32_t text_of(std::uint64_t size);
  std::uint32_t line();

  void push(std::uint32_t value) { stack_.push_back(value); }
  void push(const PickleNode& node) { push(tree_.add(node)); }
  void push_integer(std::int64_t value) { push({.kind = PickleKind::integer, .number = value}); }
  void push_boolean(bool value) { push({.kind = PickleKind::boolean, .number = value}); }
  std::uint32_t& top();
  std::uint32_t pop();
  std::size_t pop_mark();
  void append_from(std::uint32_t holder, std::size_t begin);
  std::uint32_t collected(PickleKind kind, std::size_t begin);
  void push_tuple(std::size_t size) { push(collected(PickleKind::tuple, index_below_top(size))); }
  void push_marked(PickleKind kind) {
    const std::size_t begin = pop_mark();
    push(collected(kind, begin));
  }
  std::size_t index_below_top(std::size_t count) const;
  bool has_holder(std::size_t begin) const { return begin > (marks_.empty() ? 0 : marks_.back()); }
  void append_to_list(std::size_t begin);
  void append_to_dict(std::size_t begin);
  void add_to_set(std::size_t begin);
  void remember(std::size_t slot);
  void recall(std::size_t slot);
  void push_global(std::uint32_t module, std::uint32_t name);
  std::string name_of(std::uint32_t global) const;
  std::string_view text_at(std::uint32_t node) const;

  void protocol();
  void frame();
  void reduce();
  void reduce_default_dict(std::uint32_t function, std::uint32_t arguments);
  void reduce_latin1(std::uint32_t function, std::uint32_t arguments);
  void push_call(std::uint32_t function, std::uint32_t arguments);
  void new_object();
  void build();
  void persistent();
  void integer(std::uint64_t size);
  void push_bytes(std::uint64_t size);
  void check_factories() const;
  void real();
  void global();
  void stack_global();

  const PickleRules& rules_;
  PickleTree tree_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::uint32_t> marks_;  ///< stack sizes at the marks
  std::vector<std::uint32_t> memo_;
  std::size_t remembered_ = 0;
  std::size_t at_ = 0;
  std::size_t at_operation_ = 0;
  bool stopped_ = false;
};

template <class T>
T PickleMachine::operand() {
  if (tree_.bytes.size() - at_ < sizeof(T)) reject(ErrorCode::truncated, "ends inside an operation");
  const T value = load_le<T>(tree_.bytes, at_, tree_.subject);
  at_ += sizeof(T);
  return value;
}

}  // namespace sightline
