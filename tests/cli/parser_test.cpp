// SPDX-License-Identifier: Apache-2.0
#include "cli/parser.h"

#include "cli/failure.h"
#include "cli/option_values.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::app;

namespace {

enum class Colour { red, green };

/// A command with an option of each kind, and the parsed values.
struct Fixture {
  std::string output = "-";
  std::vector<std::string> words, captions;
  std::int64_t top = 0;
  Colour colour = Colour::red;
  std::optional<Colour> optional_colour;
  bool exif = true, update = false;
  std::string old = "none";
  int verbose = 0;
  CommandLine line;

  Fixture() {
    line.add({.names = {"WORD"}, .value = texts(words)});
    line.add({.names = {"-o", "--output"}, .value_name = "FILE", .value = text(output)});
    line.add({.names = {"-c", "--caption"}, .value_name = "TEXT", .value = texts(captions)});
    line.add(
        {.names = {"--top"}, .value_name = "K", .value = whole_number(top, 1, 9), .excludes = {"--colour"}});
    line.add(
        {.names = {"--colour"}, .value = choice(colour, {{"red", Colour::red}, {"green", Colour::green}})});
    line.add({.names = {"--other"},
              .value = optional_choice(optional_colour, {{"red", Colour::red}, {"green", Colour::green}}),
              .needs = "--output"});
    line.add({.names = {"--exif"}, .negation = "--no-exif", .value = flag(exif)});
    line.add({.names = {"-v", "--verbose"}, .value = counter(verbose)});
    line.add({.names = {"--update"},
              .value_name = "[OLD.npy]",
              .value = optional_text(update, old, ".npy"),
              .excludes = {"--colour"}});
  }

  /// Returns "" if the arguments are accepted, else the message.
  std::string run(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    try {
      parse(line, pointers);
      return "";
    } catch (const Failure& failure) {
      CHECK(failure.stage() == Stage::usage);
      return failure.problem();
    }
  }
};

std::string message(const std::vector<std::string>& arguments) { return Fixture().run(arguments); }

}  // namespace

TEST_CASE("parser: every kind of option keeps its values unchanged", "[app]") {
  Fixture f;
  REQUIRE(f.run({"a",  "-vo",      "out",   "--caption=[x,y]", "-c", "{}",      "-c", "--top",      "-c",
                 "",   "--colour", "green", "--no-exif",       "-v", "-cglued", "b",  "--caption=", "--",
                 "-c", "--"}) == "");
  CHECK(f.words == std::vector<std::string>{"a", "b", "-c", "--"});
  CHECK(f.captions == std::vector<std::string>{"[x,y]", "{}", "--top", "", "glued", ""});
  CHECK(f.output == "out");
  CHECK(f.colour == Colour::green);
  CHECK_FALSE(f.optional_colour);
  CHECK_FALSE(f.exif);
  CHECK(f.verbose == 2);
  CHECK(f.line.given("--caption"));
  CHECK(f.line.given("-c"));
  CHECK_FALSE(f.line.given("--top"));
}

TEST_CASE("parser: the last occurrence of a flag or its negation counts", "[app]") {
  Fixture f;
  REQUIRE(f.run({"--no-exif", "--exif"}) == "");
  CHECK(f.exif);
}

TEST_CASE("parser: messages about invalid options", "[app][error]") {
  CHECK(message({"--top", "0"}) == "--top is '0', expected a whole number, 1 to 9");
  CHECK(message({"--top", "1e3"}) == "--top is '1e3', expected a whole number, 1 to 9");
  CHECK(message({"--top="}) == "--top is '', expected a whole number, 1 to 9");
  CHECK(message({"--colour", "blue"}) == "--colour is 'blue', expected red or green");
  CHECK(message({"-o", "a", "--output", "b"}) == "--output is given 2 times, expected once");
  CHECK(message({"-v", "-o"}) == "--output needs a value: FILE");
  CHECK(message({"-vo"}) == "--output needs a value: FILE");
  CHECK(message({"--colour"}) == "--colour needs a value: red|green");
  CHECK(message({"--no-exif=3"}) == "--no-exif takes no value");
  CHECK(message({"--colour", "red", "--top", "1"}) == "--top and --colour cannot be combined");
  CHECK(message({"--other", "red"}) == "--other requires --output");
  CHECK(message({"--tpo", "1"}) == "unknown option '--tpo'; did you mean '--top'?");
  CHECK(message({"--tpo=1"}) == "unknown option '--tpo'; did you mean '--top'?");
  CHECK(message({"-vZ"}) == "unknown option '-Z'");
}

TEST_CASE("parser: an optional value is only taken from an argument that looks like one", "[app]") {
  struct Case {
    std::vector<std::string> arguments;
    std::string old;
    std::vector<std::string> words;
  };
  const Case cases[] = {
      {{"--update"}, "", {}},
      {{"a", "--update", "b.jpg"}, "", {"a", "b.jpg"}},
      {{"--update", "old.npy", "b.jpg"}, "old.npy", {"b.jpg"}},
      {{"--update=old", "b.npy"}, "old", {"b.npy"}},
      {{"--update", "-o", "x.npy"}, "", {}},
      {{"--update", "--output=x.npy"}, "", {}},
      {{"--update", "--", "b.npy"}, "", {"b.npy"}},
      {{"--update", ""}, "", {""}},
  };
  for (const Case& c : cases) {
    Fixture f;
    REQUIRE(f.run(c.arguments) == "");
    CHECK(f.update);
    CHECK(f.old == c.old);
    CHECK(f.words == c.words);
  }
  Fixture without;
  REQUIRE(without.run({"a.npy"}) == "");
  CHECK_FALSE(without.update);
  CHECK(without.old == "none");
  CHECK(message({"--update="}) == "--update needs a value: [OLD.npy]");
  CHECK(message({"--update", "--update"}) == "--update is given 2 times, expected once");
  CHECK(message({"--update", "a.npy", "--colour", "red"}) == "--colour and --update cannot be combined");
}

TEST_CASE("parser: help is shown despite other errors", "[app]") {
  Fixture f;
  REQUIRE(f.run({"--top", "0", "--nonsense", "-h"}) == "");
  CHECK(f.line.help_requested);
  CHECK(f.top == 0);
}

TEST_CASE("parser: too many arguments", "[app][error]") {
  std::string model;
  CommandLine one, none;
  one.add({.names = {"MODEL", "-m", "--model"}, .value = text(model)});
  std::string a = "a", b = "b", m = "-m";
  const auto problem = [](CommandLine& line, std::vector<char*> arguments) -> std::string {
    try {
      parse(line, arguments);
      return "";
    } catch (const Failure& failure) {
      return failure.problem();
    }
  };
  CHECK(problem(none, {a.data()}) == "unexpected argument 'a'");
  CHECK(problem(one, {a.data()}) == "");
  CHECK(model == "a");
  CHECK(problem(one, {a.data(), b.data()}) == "unexpected argument 'b'");
  CommandLine again;
  again.add({.names = {"MODEL", "-m", "--model"}, .value = text(model)});
  CHECK(problem(again, {m.data(), a.data(), b.data()}) == "--model is given 2 times, expected once");
}
