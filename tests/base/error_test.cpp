// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/error.h"

#include <set>

#include "support/catch.h"

using sightline::Error;
using sightline::ErrorCode;

TEST_CASE("error: what() is subject, colon, problem", "[base]") {
  const Error error(ErrorCode::range, "config.json: layers", "is 0, expected 1 to 256");
  CHECK(std::string(error.what()) == "config.json: layers: is 0, expected 1 to 256");
  CHECK(error.code() == ErrorCode::range);
  CHECK(std::string(Error(ErrorCode::io, "", "the disk is gone").what()) == "the disk is gone");
}

TEST_CASE("error: within() prepends the outer file and keeps the code", "[base]") {
  const Error inner(ErrorCode::mismatch, "fc1.weight", "has shape [2, 3], expected [3, 2]");
  const Error outer = inner.within("model.safetensors");
  CHECK(outer.subject() == "model.safetensors: fc1.weight");
  CHECK(outer.problem() == inner.problem());
  CHECK(outer.code() == ErrorCode::mismatch);
  CHECK(Error(ErrorCode::io, "", "x").within("f").subject() == "f");
}

TEST_CASE("error: every code has its own class name", "[base]") {
  std::set<std::string_view> names;
  int count = 0;
  for (auto code = ErrorCode::magic; code <= ErrorCode::usage;
       code = static_cast<ErrorCode>(static_cast<int>(code) + 1)) {
    names.insert(sightline::class_name(code));
    ++count;
  }
  CHECK(names.size() == static_cast<std::size_t>(count));
  CHECK(names.count("INTERNAL") == 0);
  CHECK(sightline::class_name(ErrorCode::no_space) == "NOSPC");
}
