// SPDX-License-Identifier: Apache-2.0
// JSON: every value of what is accepted can be visited, asked for and named, and no object has a key twice.

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void visit(const sightline::Json& value, int depth) {
  require(depth <= 64);
  require(value.path().starts_with("fuzz"));
  if (value.is_object()) {
    std::set<std::string_view> keys;
    value.for_each_member([&](std::string_view key, const sightline::Json& member) {
      require(keys.insert(key).second && sightline::is_utf8(key));
      require(value.at(key).path() == member.path());
      visit(member, depth + 1);
    });
    require(static_cast<std::int64_t>(keys.size()) == value.size());
  } else if (value.is_array()) {
    std::int64_t count = 0;
    value.for_each_element([&](const sightline::Json& element) {
      visit(element, depth + 1);
      ++count;
    });
    require(count == value.size());
  } else if (value.is_string()) {
    require(sightline::is_utf8(value.as_string()));
  } else if (value.is_number()) {
    const double number = value.as_double();
    require(number == number);
  } else {
    require(value.is_null() || value.as_bool() || !value.as_bool());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const sightline::JsonDocument document(text, "fuzz");
    visit(document.root(), 0);
    if (document.root().is_object()) {
      document.root().for_each_member([&](std::string_view key, const sightline::Json& value) {
        const std::string_view member = sightline::member_text(text, key);
        if (member.empty()) return;  // the key is written with escapes
        const sightline::JsonDocument alone(member, "fuzz");
        require(alone.root().size() == value.size());
      });
    }
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
  return 0;
}
