// SPDX-License-Identifier: Apache-2.0
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include "sightline/base/cpu.h"
#include "support/skip.h"

namespace {

constexpr int kSkipped = 77;  // SKIP_RETURN_CODE of tests/CMakeLists.txt

std::set<std::string> skips;  // reasons
bool checked_something = false;

#if __has_include(<catch2/catch_session.hpp>)
using Listener = Catch::EventListenerBase;
#else
using Listener = Catch::TestEventListenerBase;
#endif

class AssertionCounter : public Listener {
 public:
  using Listener::Listener;
  void testRunEnded(const Catch::TestRunStats& stats) override {
    checked_something = stats.totals.assertions.total() > 0;
  }
};

// Whether the processor lacks a level named by SIGHTLINE_CPU; running the tests would then repeat a lower
// level.
bool lacks(const std::string& level) {
  using sightline::processor_features;
  const std::string names = " portable " + processor_features().names() + " ";
  return names.find(" " + level + " ") == std::string::npos &&
         processor_features().up_to(level) == processor_features();
}

}  // namespace

CATCH_REGISTER_LISTENER(AssertionCounter)

void skip(const std::string& reason) {
  if (skips.insert(reason).second) std::printf("skipped: %s\n", reason.c_str());
}

bool is_emulated() { return std::getenv("SIGHTLINE_EMULATED") != nullptr; }

int main(int argc, char** argv) {
  const char* level = std::getenv("SIGHTLINE_CPU");
  if (level != nullptr && *level != '\0' && lacks(level)) {
    std::printf("skipped: this processor has no %s\n", level);
    return kSkipped;
  }
  const int status = Catch::Session().run(argc, argv);
  return status == 0 && !skips.empty() && !checked_something ? kSkipped : status;
}
