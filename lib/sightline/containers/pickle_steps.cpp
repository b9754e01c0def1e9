// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/pickle_machine.h"

namespace sightline {
namespace {

// Operations that are not supported, with CPython's names, for messages.
struct RefusedOperation {
  char code;
  std::string_view name;
};
constexpr RefusedOperation kRefused[] = {
    {'0', "POP"},
    {'1', "POP_MARK"},
    {'2', "DUP"},
    {'F', "FLOAT"},
    {'I', "INT"},
    {'L', "LONG"},
    {'P', "PERSID"},
    {'S', "STRING"},
    {'T', "BINSTRING"},
    {'V', "UNICODE"},
    {'g', "GET"},
    {'p', "PUT"},
    {'i', "INST"},
    {'o', "OBJ"},
    {'\x82', "EXT1"},
    {'\x83', "EXT2"},
    {'\x84', "EXT4"},
    {'\x91', "FROZENSET"},
    {'\x92', "NEWOBJ_EX"},
    {'\x97', "NEXT_BUFFER"},
    {'\x98', "READONLY_BUFFER"},
};

std::string refused_name(unsigned char code) {
  for (const RefusedOperation& operation : kRefused) {
    if (static_cast<unsigned char>(operation.code) == code) return std::string(operation.name);
  }
  return "number " + std::to_string(code);
}

}  // namespace

// Scalars and names. Returns whether `code` was handled.
bool PickleMachine::run_value(unsigned char code) {
  switch (code) {
    case 'N':
      return push(PickleNode{.kind = PickleKind::none}), true;
    case 0x88:
      return push_boolean(true), true;
    case 0x89:
      return push_boolean(false), true;
    case 'J':
      return push_integer(operand<std::int32_t>()), true;
    case 'K':
      return push_integer(operand<std::uint8_t>()), true;
    case 'M':
      return push_integer(operand<std::uint16_t>()), true;
    case 0x8A:
      return integer(operand<std::uint8_t>()), true;
    case 0x8B:
      return integer(operand<std::uint32_t>()), true;
    case 'G':
      return real(), true;
    case 'X':
      return push(text_of(operand<std::uint32_t>())), true;
    case 0x8C:
    case 'U':
      return push(text_of(operand<std::uint8_t>())), true;
    case 0x8D:
      return push(text_of(operand<std::uint64_t>())), true;
    case 'C':
      return push_bytes(operand<std::uint8_t>()), true;
    case 'B':
      return push_bytes(operand<std::uint32_t>()), true;
    case 0x8E:
    case 0x96:
      return push_bytes(operand<std::uint64_t>()), true;
    case 'c':
      return global(), true;
    case 0x93:
      return stack_global(), true;
    default:
      return false;
  }
}

// Operations on containers. Returns whether `code` was handled.
bool PickleMachine::run_container(unsigned char code) {
  switch (code) {
    case ')':
      return push_tuple(0), true;
    case 0x85:
      return push_tuple(1), true;
    case 0x86:
      return push_tuple(2), true;
    case 0x87:
      return push_tuple(3), true;
    case 't':
      return push_marked(PickleKind::tuple), true;
    case ']':
      return push(PickleNode{.kind = PickleKind::list, .depth = 1}), true;
    case 'l':
      return push_marked(PickleKind::list), true;
    case 'a':
      return append_to_list(index_below_top(1)), true;
    case 'e':
      return append_to_list(pop_mark()), true;
    case '}':
      return push(PickleNode{.kind = PickleKind::dict, .depth = 1}), true;
    case 'd':
      return push_marked(PickleKind::dict), true;
    case 's':
      return append_to_dict(index_below_top(2)), true;
    case 'u':
      return append_to_dict(pop_mark()), true;
    case 0x8F:
      return push(PickleNode{.kind = PickleKind::set, .depth = 1}), true;
    case 0x90:
      return add_to_set(pop_mark()), true;
    default:
      return false;
  }
}

// All other operations. Returns whether `code` was handled.
bool PickleMachine::run_other(unsigned char code) {
  switch (code) {
    case 0x80:
      return protocol(), true;
    case 0x95:
      return frame(), true;
    case '(':
      return marks_.push_back(static_cast<std::uint32_t>(stack_.size())), true;
    case '.':
      return stopped_ = true;
    case 'R':
      return reduce(), true;
    case 0x81:
      return new_object(), true;
    case 'b':
      return build(), true;
    case 'Q':
      return persistent(), true;
    case 'h':
      return recall(operand<std::uint8_t>()), true;
    case 'j':
      return recall(operand<std::uint32_t>()), true;
    case 'q':
      return remember(operand<std::uint8_t>()), true;
    case 'r':
      return remember(operand<std::uint32_t>()), true;
    case 0x94:
      return remember(remembered_), true;
    default:
      return false;
  }
}

void PickleMachine::step() {
  at_operation_ = at_;
  if (at_ == tree_.bytes.size()) reject(ErrorCode::truncated, "ends without its last operation, STOP");
  const auto code = operand<unsigned char>();
  if (!run_value(code) && !run_container(code) && !run_other(code)) {
    reject(ErrorCode::unsafe, "has the operation " + refused_name(code) + ", which no checkpoint needs");
  }
}

}  // namespace sightline
