#pragma once

// Catch2 2.13 (Debian 12) has one header, Catch2 3 (Debian 13, Ubuntu 24.04) many; tests include this one.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using namespace Catch::Matchers;  // NOLINT: the matchers live here in version 3, in Catch in version 2
#else
#include <catch2/catch.hpp>
using namespace Catch::Matchers;  // NOLINT
#endif
