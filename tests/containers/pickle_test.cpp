// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/pickle.h"

#include <vector>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/pickle_bytes.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

// Rules for the module `m`: f may be called, C is a class, D an OrderedDict, E a defaultdict, L a factory of
// its values, B creates bytes, N is a name, Q is unsupported.
constexpr auto kUse = [](std::string_view module, std::string_view name) {
  if (module != "m") return PickleUse::refused;
  if (name == "f") return PickleUse::callable;
  if (name == "C") return PickleUse::record;
  if (name == "D") return PickleUse::ordered_dict;
  if (name == "E") return PickleUse::default_dict;
  if (name == "L") return PickleUse::factory;
  if (name == "B") return PickleUse::latin1;
  if (name == "N") return PickleUse::name;
  return name == "Q" ? PickleUse::unsupported : PickleUse::refused;
};

PickleDocument read(const std::string& pickle) { return {as_bytes(pickle), "f", {kUse, "storage"}}; }
Failure refusal(const std::string& pickle) {
  return error_of([&] { (void)read(pickle); });
}
std::string code(const std::string& pickle) { return refusal(pickle).code; }

}  // namespace

TEST_CASE("pickle: values are parsed exactly", "[io]") {
  const std::string numbers =
      "J\xFE\xFF\xFF\xFFK\xC8M\x10\x27\x8A\0\x8A\1\xFF\x8A\2\0\1\x8A\x08\0\0\0\0\0\0\0\x80"s;
  const std::string pickle = pickle_of("(" + numbers + "N\x88\x89G?\xF8\0\0\0\0\0\0"s + "U\2hi\x8C\0"s + "t");
  const PickleDocument document = read(pickle);
  const PickleValue root = document.root();
  REQUIRE(root.is(PickleKind::tuple));
  const std::vector<std::int64_t> expected = {-2, 200, 10000, 0, -1, 256, INT64_MIN};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(root.item(static_cast<std::int64_t>(i)).as_integer() == expected[i]);
  }
  CHECK(root.item(7).is(PickleKind::none));
  CHECK(root.item(8).is(PickleKind::boolean));
  CHECK(root.item(10).is(PickleKind::real));
  CHECK(root.item(11).as_text() == "hi");
  CHECK(root.item(12).as_text().empty());
  CHECK(root.size() == 13);
  CHECK(error_of([&] { (void)root.item(13); }).code == "HEADER");
  CHECK(error_of([&] { (void)root.item(-1); }).code == "HEADER");
  CHECK(error_of([&] { (void)root.as_integer(); }).code == "HEADER");
  CHECK(error_of([&] { (void)root.item(0).as_text(); }).code == "HEADER");
}

TEST_CASE("pickle: containers grow item by item, in batches and from a mark", "[io]") {
  const std::string pickle =
      pickle_of("(]K\1aK\1a(K\2K\3e(K\4l}" + pickle_text("a") + "K\5s(" + pickle_text("b") + "K\6u(" +
                pickle_text("c") + "K\7d)K\1\x85K\1K\2\x86K\1K\2K\3\x87t");
  const PickleDocument document = read(pickle);
  const PickleValue root = document.root();
  std::vector<std::int64_t> sizes;
  root.for_each_item([&](const PickleValue& item) { sizes.push_back(item.size()); });
  CHECK(sizes == std::vector<std::int64_t>{4, 1, 2, 1, 0, 1, 2, 3});
  std::string pairs;
  root.item(2).for_each_pair([&](const PickleValue& key, const PickleValue& value) {
    pairs += std::string(key.as_text()) + std::to_string(value.as_integer());
  });
  CHECK(pairs == "a5b6");
  CHECK(error_of([&] { root.for_each_pair([](const PickleValue&, const PickleValue&) {}); }).code ==
        "HEADER");
}

TEST_CASE("pickle: memoised values are shared, not copied", "[io]") {
  const std::string pickle = "\x80\x04\x95\x0E\0\0\0\0\0\0\0(\x8C\1x\x94]\x94h\0ah\0j\1\0\0\0r\2\0\0\0h\2t."s;
  const PickleDocument document = read(pickle);
  const PickleValue root = document.root();
  CHECK(root.size() == 5);
  CHECK(root.item(1).item(0).as_text() == "x");
  CHECK(root.item(4).item(0).as_text() == "x");
}

TEST_CASE("pickle: globals, calls, objects and persistent ids are data", "[io]") {
  const std::string call = pickle_global("m", "f") + "K\1\x85R";
  const std::string object = pickle_global("m", "C") + ")\x81}" + pickle_text("a") + "K\2sb";
  const std::string ordered = pickle_global("m", "D") + ")R" + pickle_text("k") + "K\3s}b";
  const std::string id = pickle_text("storage") + "K\4\x86Q";
  const std::string stacked = pickle_text("m") + pickle_text("N") + "\x93";
  const std::string pickle = pickle_of("(" + call + object + ordered + id + stacked + "t");
  const PickleDocument document = read(pickle);
  const PickleValue root = document.root();
  CHECK(root.item(0).function().module() == "m");
  CHECK(root.item(0).function().name() == "f");
  CHECK(root.item(0).arguments().item(0).as_integer() == 1);
  CHECK(root.item(1).state()->size() == 1);
  CHECK(root.item(2).is(PickleKind::dict));
  CHECK(root.item(2).size() == 1);
  CHECK(root.item(3).id().item(1).as_integer() == 4);
  CHECK(root.item(4).name() == "N");
  CHECK_FALSE(read(pickle_of(pickle_global("m", "C") + ")\x81")).root().state().has_value());
}

TEST_CASE("pickle: accessors reject values of another kind", "[io][error]") {
  const std::string pickle = pickle_of("(K\1}" + pickle_text("a") + "K\2s" + pickle_global("m", "f") + ")Rt");
  const PickleDocument document = read(pickle);
  const PickleValue integer = document.root().item(0), dict = document.root().item(1),
                    call = document.root().item(2);
  const auto refused = [](auto use) { return error_of(use).code == "HEADER"; };
  for (const PickleValue& value : {integer, dict, call}) {
    CHECK(refused([&] { (void)value.item(0); }));
    CHECK(refused([&] { value.for_each_item([](const PickleValue&) {}); }));
    CHECK(refused([&] { (void)value.as_text(); }));
    CHECK(refused([&] { (void)value.module(); }));
    CHECK(refused([&] { (void)value.name(); }));
    CHECK(refused([&] { (void)value.state(); }));
    CHECK(refused([&] { (void)value.id(); }));
  }
  for (const PickleValue& value : {integer, dict}) {
    CHECK(refused([&] { (void)value.function(); }));
    CHECK(refused([&] { (void)value.arguments(); }));
  }
  CHECK(call.size() == 0);
}

TEST_CASE("pickle: K01-K03 a global that no checkpoint needs is unsafe, wherever it occurs", "[io][error]") {
  const Failure failure = refusal("cos\nsystem\n" + pickle_text("id") + "\x85R.");  // K01
  CHECK(failure.code == "UNSAFE");
  CHECK(failure.message == "f: refers to os.system, which no checkpoint needs (byte 0)");
  CHECK(code("\x80\x04\x8C\2os\x8C\6system\x93\x8C\2id\x85R.") == "UNSAFE");            // K02
  CHECK(code(pickle_of("}0cos\nsystem\n" + pickle_text("id") + "\x85R")) == "UNSAFE");  // K03
  CHECK(code(pickle_of("}" + pickle_global("os", "system") + pickle_text("id") + "\x85R")) == "UNSAFE");
  CHECK(code(pickle_of("}") + "cos\nsystem\n.") == "UNSAFE");
  CHECK(code(pickle_of("}") + "\n") == "UNSAFE");
  CHECK(code(pickle_of(pickle_global("m", "Q"))) == "UNSUP");
}

TEST_CASE("pickle: unused values are skipped", "[io]") {
  const std::string big = "\x8A\x09\0\0\0\0\0\0\0\0\x01"s, huge = "\x8B\x0B\0\0\0abcdefghijk"s;
  const std::string small = "\x8B\1\0\0\0\xFE"s, none = "\x8B\0\0\0\0"s;
  const std::string bytes = "C\3a\xFF"s + "b" + "B\1\0\0\0\xFF"s + "\x8E\1\0\0\0\0\0\0\0\xFE"s +
                            "\x96\2\0\0\0\0\0\0\0\xFE\xFD"s + "\x8D\1\0\0\0\0\0\0\0t"s;
  const std::string set = "\x8F(K\1K\2\x90";
  const std::string pickle = pickle_of("(" + big + huge + small + none + bytes + set + "t");
  const PickleDocument document = read(pickle);
  const PickleValue root = document.root();
  REQUIRE(root.size() == 10);
  CHECK(root.item(0).is(PickleKind::big_integer));
  CHECK(error_of([&] { (void)root.item(0).as_integer(); }).code == "RANGE");
  CHECK(root.item(1).is(PickleKind::big_integer));
  CHECK(root.item(2).as_integer() == -2);
  CHECK(root.item(3).as_integer() == 0);
  for (int i = 4; i < 8; ++i) CHECK(root.item(i).is(PickleKind::bytes));
  CHECK(root.item(8).as_text() == "t");
  CHECK(root.item(9).is(PickleKind::set));
  CHECK(root.item(9).size() == 0);
}

TEST_CASE("pickle: bytes and sets have the stated length, and sets have no other use", "[io][error]") {
  for (const std::string& cut :
       {"\x8A\x09\1"s, "\x8B\xFF\xFF\xFF\x7F"s, "\x8B\xFF\xFF\xFF\xFF"s, "C\5abc"s, "B\xFF\xFF\xFF\xFFz"s,
        "\x8E\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFz"s, "\x96\0\0\0\0\0\0\0\x80z"s, "\x8D\xFF\0\0\0\0\0\0\0z"s}) {
    CHECK(code(pickle_of(cut)) == "TRUNC");
  }
  CHECK(code(pickle_of("](K\1\x90")) == "HEADER");
  CHECK(code(pickle_of("(K\1\x90")) == "HEADER");
  CHECK(code(pickle_of("\x8F\x90")) == "HEADER");
  CHECK(code(pickle_of("\x8FK\1a")) == "HEADER");
  CHECK(code(pickle_of("\x8Fq\1\x85q\2h\1(h\2\x90\x86")) == "HEADER");  // contains itself
  CHECK(code(pickle_of("\x8D\1\0\0\0\0\0\0\0\xFF"s)) == "UTF8");
}

TEST_CASE("pickle: a defaultdict is a dict whose factory is only a name", "[io]") {
  const std::string dict = pickle_global("m", "E"), list = pickle_global("m", "L");
  for (const std::string& arguments : {")"s, "N\x85"s, list + "\x85"}) {
    const std::string pickle = pickle_of(dict + arguments + "R" + pickle_text("k") + "K\3s");
    const PickleDocument document = read(pickle);
    CHECK(document.root().is(PickleKind::dict));
    CHECK(document.root().size() == 1);
  }
  CHECK(code(pickle_of(dict + pickle_global("m", "f") + "\x85R")) == "UNSAFE");
  CHECK(code(pickle_of(dict + pickle_global("m", "N") + "\x85R")) == "UNSAFE");
  CHECK(code(pickle_of(dict + "K\1\x85R")) == "UNSAFE");
  CHECK(code(pickle_of(dict + "NN\x86R")) == "HEADER");
  CHECK(code(pickle_of(list)) == "UNSAFE");
  CHECK(code(pickle_of(list + ")R")) == "UNSAFE");
  CHECK(code(pickle_of(list + list + "\x86")) == "UNSAFE");
  CHECK(code(pickle_of(dict + ")R" + list + list + "s")) == "UNSAFE");
}

TEST_CASE("pickle: bytes of protocol 2 are a call that is not executed", "[io]") {
  const std::string encode = pickle_global("m", "B");
  CHECK(read(pickle_of(encode + pickle_text("a") + pickle_text("latin1") + "\x86R"))
            .root()
            .is(PickleKind::bytes));
  CHECK(read(pickle_of(encode + ")R")).root().is(PickleKind::bytes));
  CHECK(code(pickle_of(encode + pickle_text("a") + "\x85R")) == "UNSAFE");
  CHECK(code(pickle_of(encode + pickle_text("a") + pickle_text("rot13") + "\x86R")) == "UNSAFE");
  CHECK(code(pickle_of(encode + "K\1" + pickle_text("latin1") + "\x86R")) == "UNSAFE");
  CHECK(code(pickle_of(encode + pickle_text("latin1") + "N\x86R")) == "UNSAFE");
  // An OrderedDict of pairs is kept as a call.
  const std::string pairs = pickle_of(pickle_global("m", "D") + "]\x85R");
  const PickleDocument ordered = read(pairs);
  CHECK(ordered.root().is(PickleKind::call));
}

TEST_CASE("pickle: K04 operations that no checkpoint needs are unsafe and named", "[io][error]") {
  CHECK_THAT(refusal(pickle_of("(ios\nsystem\n")).message, Contains("INST"));
  CHECK_THAT(refusal(pickle_of("(" + pickle_global("m", "f") + "o")).message, Contains("OBJ"));
  CHECK_THAT(refusal(pickle_of("\x82\1")).message, Contains("EXT1"));
  CHECK_THAT(refusal(pickle_of("Pid\n")).message, Contains("PERSID"));
  for (const char operation : "012FILPSTVgpio\x82\x83\x84\x91\x92\x97\x98zZ\xFF\x01"s) {
    CHECK(code(pickle_of("K\1("s + operation)) == "UNSAFE");
  }
  for (const std::string& value :
       {"}"s, "]"s, "K\1"s, pickle_global("m", "f") + ")R", pickle_global("m", "C")}) {
    CHECK(code(pickle_of(value + "}b")) == "UNSAFE");  // BUILD
  }
  CHECK(code(pickle_of(pickle_global("m", "C") + ")\x81}b}b")) == "HEADER");
}

TEST_CASE("pickle: forbidden calls and objects are rejected", "[io][error]") {
  CHECK(code(pickle_of(pickle_global("m", "N") + ")R")) == "UNSAFE");
  CHECK(code(pickle_of(pickle_global("m", "C") + ")R")) == "UNSAFE");
  CHECK(code(pickle_of(pickle_global("m", "f") + ")\x81")) == "UNSAFE");
  CHECK(code(pickle_of(pickle_global("m", "D") + ")\x81")) == "UNSAFE");
  CHECK(code(pickle_of("K\1)R")) == "HEADER");
  CHECK(code(pickle_of(pickle_global("m", "f") + "]R")) == "HEADER");
  CHECK(code(pickle_of("K\1)\x81")) == "HEADER");
  CHECK(code(pickle_of(pickle_global("m", "C") + "K\1\x85\x81")) == "HEADER");
  CHECK(code(pickle_of("K\1K\2\x93")) == "HEADER");
  CHECK(code(pickle_of(pickle_text("m") + "K\2\x93")) == "HEADER");
  CHECK(code(pickle_of("K\1" + pickle_text("N") + "\x93")) == "HEADER");
}

TEST_CASE("pickle: K07-K09 items of the wrong container, odd numbers of items, missing marks",
          "[io][error]") {
  const std::string tensor = pickle_global("m", "f") + ")R";
  CHECK(code(pickle_of(tensor + "K\1K\2s")) == "HEADER");  // K07
  CHECK(code(pickle_of(tensor + "(K\1K\2u")) == "HEADER");
  CHECK(code(pickle_of(tensor + "K\1a")) == "HEADER");
  CHECK(code(pickle_of("}(K\1u")) == "HEADER");  // K08
  CHECK(code(pickle_of("(K\1d")) == "HEADER");
  for (const std::string& operation : {"}K\1K\2u"s, "]K\1e"s, "K\1t"s, "K\1l"s, "K\1K\2d"s}) {
    CHECK(code(pickle_of(operation)) == "HEADER");  // K09
  }
  CHECK(code(pickle_of("](K\1a")) == "HEADER");  // the list lies below the mark
  CHECK(code(pickle_of("}(K\1K\2s")) == "HEADER");
  CHECK(code(pickle_of("]((K\1et")) == "HEADER");
  // The same in a pickle that is valid otherwise.
  CHECK(code(pickle_of("](K\1at\x86")) == "HEADER");
  CHECK(code(pickle_of("}(K\1K\2st\x86")) == "HEADER");
  // The stack is empty below the appended items.
  CHECK(code(pickle_of("K\1a")) == "HEADER");
  CHECK(code(pickle_of("(K\1e")) == "HEADER");
  CHECK(code(pickle_of("K\1K\2s")) == "HEADER");
  CHECK(code(pickle_of("(K\1K\2u")) == "HEADER");
}

TEST_CASE("pickle: K10-K11 an empty stack, an empty memo slot", "[io][error]") {
  for (const char operation : "\x85\x86\x87Rbasq\x81\x93Q."s) {
    CHECK(code("\x80\2"s + operation + "\0\0\0\0"s) == "HEADER");  // K10
  }
  CHECK(code(pickle_of("(")) == "HEADER");
  CHECK(code(pickle_of("K\1K\2")) == "HEADER");
  CHECK(code(pickle_of("K\1(")) == "HEADER");
  CHECK(code(pickle_of("h\0"s)) == "HEADER");  // K11
  CHECK(code(pickle_of("K\1q\5h\4")) == "HEADER");
  CHECK(code(pickle_of("K\1q\5h\4\x86")) == "HEADER");
  CHECK(code(pickle_of("j\xFF\xFF\xFF\xFF")) == "HEADER");
}

TEST_CASE("pickle: K12-K13, K17 sizes beyond the end", "[io][error]") {
  CHECK(code(pickle_of("Nr\xFF\xFF\xFF\xFF")) == "LIMIT");  // K12
  CHECK(code(pickle_of("Nr\x40\x42\x0F\0"s)) == "LIMIT");
  CHECK(code(pickle_of("Nr\x3F\x42\x0F\0"s)).empty());
  CHECK(code("\x80\2X\0\0\0\xF0hello."s) == "TRUNC");  // K13
  CHECK(code("\x80\4\x95\xFF\0\0\0\0\0\0\0."s) == "TRUNC");
  CHECK(code("") == "TRUNC");  // K17
  const std::string whole = pickle_of(pickle_tuple(
      {pickle_integer(1), pickle_text("text"), pickle_global("m", "N"), "J\1\0\0\0G\0\0\0\0\0\0\0\0"s}));
  CHECK(code(whole).empty());
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(code(whole.substr(0, size)) == "TRUNC");
  CHECK(code("\x80\2cm") == "TRUNC");
  CHECK(code("\x80\2cm\nN.") == "TRUNC");
  CHECK_THAT(refusal(std::string((64 << 20) + 1, 'N')).message, Contains("has 67108865 bytes"));
}

TEST_CASE("pickle: K14-K16 values that are doubled repeatedly, deeply nested or contain themselves",
          "[io][error]") {
  std::string doubled = "N";
  for (int i = 0; i < 63; ++i) doubled += "q\1h\1\x86";
  CHECK(code(pickle_of(doubled)).empty());  // 63 tuples, not 2^63 values
  CHECK(code(pickle_of(doubled + "\x85")).empty());
  CHECK(code(pickle_of(doubled + "\x85\x85")) == "LIMIT");
  const std::string lists = std::string(100'000, ']') + std::string(99'999, 'a');
  CHECK(code(pickle_of(lists)) == "LIMIT");  // K15
  CHECK(code(pickle_of("N" + std::string(100'000, '\x85'))) == "LIMIT");
  CHECK(code(pickle_of("]q\1h\1a")) == "HEADER");  // K16
  CHECK(code(pickle_of("]q\1\x85q\2h\1h\2a")) == "HEADER");
  CHECK(code(pickle_of("]q\1\x85q\2h\1h\2a\x86")) == "HEADER");
  CHECK(code(pickle_of("]q\1h\1a")) == "HEADER");
  CHECK(code(pickle_of("}q\1(Nh\1u")) == "HEADER");
}

TEST_CASE("pickle: K18 a persistent id that is not a storage is unsafe", "[io][error]") {
  CHECK(code(pickle_of(pickle_text("storage") + "Q")) == "UNSAFE");
  CHECK(code(pickle_of(")Q")) == "UNSAFE");
  CHECK(code(pickle_of("K\1\x85Q")) == "UNSAFE");
  CHECK(code(pickle_of(pickle_text("module") + "\x85Q")) == "UNSAFE");
  CHECK(code(pickle_of(pickle_text("storage") + "\x85Q")).empty());
}

TEST_CASE("pickle: limits on the size of a checkpoint", "[io][error]") {
  CHECK(code(pickle_of("(" + std::string(1'000'000, 'N') + "t")) == "LIMIT");
  CHECK(code(pickle_of("(" + std::string(999'999, 'N') + "t")).empty());
  std::string shared = "N";
  for (int i = 0; i < 4'000'001; ++i) shared += "h\0"s;
  CHECK(code(pickle_of("Nq\0("s + shared + "t")) == "LIMIT");
  CHECK(code(pickle_of("N" + std::string(10'000'001, '('))) == "LIMIT");
  CHECK(code(pickle_of("\x80\1N")) == "UNSUP");
  CHECK(code(pickle_of("\x80\6N")) == "UNSUP");
  CHECK(code(pickle_of(pickle_text("\xFF"))) == "UTF8");
  CHECK(code(pickle_of("cm\n\xFF\n")) == "UTF8");
}
