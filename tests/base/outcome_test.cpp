// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/outcome.h"

#include "support/catch.h"

using namespace sightline;

TEST_CASE("outcome: every error class is found by its name", "[base]") {
  for (auto code = ErrorCode::magic; code <= ErrorCode::usage;
       code = static_cast<ErrorCode>(static_cast<int>(code) + 1)) {
    const ErrorClass found(class_name(code));
    CHECK(found.code() == code);
    CHECK(found == ErrorClass(code));
    CHECK(found.name() == class_name(code));
  }
}

TEST_CASE("outcome: the name of an unknown class is kept", "[base]") {
  const ErrorClass later("LATER");
  CHECK_FALSE(later.code());
  CHECK(later.name() == "LATER");
  CHECK(later == ErrorClass("LATER"));
  CHECK_FALSE(later == ErrorClass("OTHER"));
  CHECK_FALSE(ErrorClass("trunc").code());
}

TEST_CASE("outcome: an input is good unless it has an error", "[base]") {
  Outcome outcome;
  outcome.warnings.emplace_back("is odd");
  CHECK(outcome.ok());
  CHECK(outcome.class_name().empty());
  outcome.error = ErrorCode::truncated;
  CHECK_FALSE(outcome.ok());
  CHECK(outcome.class_name() == "TRUNC");
}

TEST_CASE("outcome: a failure has the problem of its error as the message", "[base]") {
  const Outcome outcome = failed_outcome(Error(ErrorCode::io, "a.jpg", "cannot be read"));
  CHECK(outcome == Outcome{ErrorCode::io, "cannot be read", {}});
  CHECK_FALSE(outcome == failed_outcome(ErrorCode::missing, "cannot be read"));
}
