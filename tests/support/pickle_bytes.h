// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "support/zip_bytes.h"

namespace sightline::testing {

/// Parts of pickles, as written by CPython with protocol 2.
inline std::string pickle_text(std::string_view text) {
  std::string out = "X";
  append_number(out, static_cast<std::uint32_t>(text.size()));
  return out.append(text);
}
inline std::string pickle_integer(std::int64_t value) {
  std::string out = "\x8A\x08";
  append_number(out, value);
  return out;
}
inline std::string pickle_global(std::string_view module, std::string_view name) {
  return std::string("c").append(module).append("\n").append(name).append("\n");
}
inline std::string pickle_tuple(std::initializer_list<std::string> items) {
  std::string out = "(";
  for (const std::string& item : items) out += item;
  return out + "t";
}
inline std::string pickle_integers(std::initializer_list<std::int64_t> values) {
  std::string out = "(";
  for (const std::int64_t value : values) out += pickle_integer(value);
  return out + "t";
}
/// A dict from alternating keys and values.
inline std::string pickle_dict(std::initializer_list<std::string> items) {
  std::string out = "}(";
  for (const std::string& item : items) out += item;
  return out + "u";
}
/// A complete pickle: protocol, value, end.
inline std::string pickle_of(const std::string& value) { return "\x80\x02" + value + "."; }

}  // namespace sightline::testing
