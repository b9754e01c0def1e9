// SPDX-License-Identifier: Apache-2.0
#include "score/tar_pairs.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/tar_bytes.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

std::string member(const std::string& name, const std::string& content = "x") {
  return tar_member({name}, content);
}

/// The pairs of an archive: "label=content|caption" or "label!CLASS subject".
std::string pairs(const std::string& archive, InvalidUtf8 invalid_utf8 = InvalidUtf8::refuse) {
  const TempFolder folder;
  TarPairs source("t.tar", open_byte_stream(folder.write("t.tar", archive)), invalid_utf8);
  std::string text;
  for (Pair pair; source.next(pair);) {
    text += pair.image.path;
    if (pair.caption.error) {
      CHECK_FALSE(pair.image.bytes);
      text += "!" + std::string(class_name(pair.caption.error->code())) + " " + pair.caption.error->subject();
    } else {
      text += pair.image.error ? "!" + std::string(class_name(pair.image.error->code()))
                               : "=" + std::string(as_text(*pair.image.bytes));
      text += "|" + pair.caption.prompts.at(0);
    }
    text += "; ";
  }
  Pair pair;
  CHECK_FALSE(source.next(pair));
  return text;
}

}  // namespace

TEST_CASE("tar pairs: an image and the text with its key, in any order", "[app][tar]") {
  CHECK(pairs(member("d/1.jpg", "A") + member("d/1.txt", "a cat\n") + member("d/1.json") +
              member("2.txt", "a dog\r\n") + member("2.cls", "7") + member("2.PNG", "B") + tar_end()) ==
        "t.tar/d/1.jpg=A|a cat; t.tar/2.PNG=B|a dog; ");
  // the key ends at the first dot of the name
  CHECK(pairs(member("a.b/1.x.jpg", "A") + member("a.b/1.txt", "one") + tar_end()) ==
        "t.tar/a.b/1.x.jpg=A|one; ");
  // members without a meaning, and archives without pairs
  CHECK(pairs(member("a.json") + member("README") + member("._1.jpg") + member(".h/1.txt") +
              tar_member({.name = "d/", .type = '5'}) + tar_member({.name = "l.jpg", .type = '2'}) +
              tar_end())
            .empty());
  CHECK(pairs(tar_end()).empty());
}

TEST_CASE("tar pairs: the caption is the whole text", "[app][tar]") {
  const auto caption = [](const std::string& text, InvalidUtf8 invalid = InvalidUtf8::refuse) {
    return pairs(member("1.jpg", "A") + member("1.txt", text) + tar_end(), invalid);
  };
  CHECK(caption("") == "t.tar/1.jpg=A|; ");
  CHECK(caption(" two\nlines \n\n") == "t.tar/1.jpg=A| two\nlines \n; ");
  CHECK(caption("\xEF\xBB\xBFmark\n") == "t.tar/1.jpg=A|mark; ");
  CHECK(caption("a\r") == "t.tar/1.jpg=A|a\r; ");
  CHECK(caption("caf\xE9") == "t.tar/1.jpg!UTF8 t.tar/1.txt; ");
  CHECK(caption("caf\xE9", InvalidUtf8::replace) == "t.tar/1.jpg=A|caf\xEF\xBF\xBD; ");
  CHECK(caption("a\0b"s) == "t.tar/1.jpg!HEADER t.tar/1.txt; ");
  CHECK(caption(std::string((1 << 20) + 1, 'a')) == "t.tar/1.jpg!LIMIT t.tar/1.txt; ");
  CHECK(caption(std::string((16 << 20) + 1, 'a')) == "t.tar/1.jpg!LIMIT t.tar/1.txt; ");
}

TEST_CASE("tar pairs: a key without exactly one image and one caption is refused", "[app][tar]") {
  CHECK(pairs(member("1.jpg") + member("2.jpg") + member("2.txt", "b") + member("3.txt") + tar_end()) ==
        "t.tar/1.jpg!MISSING t.tar/1.jpg; t.tar/2.jpg=x|b; t.tar/3!MISSING t.tar/3; ");
  CHECK(pairs(member("1.jpg") + member("1.png") + member("1.txt") + tar_end()) == "t.tar/1!DUP t.tar/1; ");
  CHECK(pairs(member("1.jpg") + member("1.txt") + member("1.en.txt") + tar_end()) ==
        "t.tar/1.jpg!DUP t.tar/1; ");
  CHECK(pairs(member("1.jpg") + member("1.png") + tar_end()) == "t.tar/1!DUP t.tar/1; ");
  // members of one key that are apart
  CHECK(pairs(member("1.jpg") + member("2.jpg") + member("1.txt") + tar_end()) ==
        "t.tar/1.jpg!MISSING t.tar/1.jpg; t.tar/2.jpg!MISSING t.tar/2.jpg; t.tar/1!MISSING t.tar/1; ");
  // a pair twice
  CHECK(pairs(member("1.jpg") + member("1.txt", "a") + member("2.jpg") + member("2.txt", "b") +
              member("1.jpg") + member("1.txt", "c") + tar_end()) ==
        "t.tar/1.jpg=x|a; t.tar/2.jpg=x|b; t.tar/1.jpg=x|c; ");
}

TEST_CASE("tar pairs: a damaged archive keeps the pairs before and ends with an error", "[app][tar]") {
  const std::string good = member("1.jpg") + member("1.txt", "a");
  CHECK(pairs(good + member("2.txt", "b") + member("2.jpg").substr(0, 512)) ==
        "t.tar/1.jpg=x|a; t.tar/2.jpg!TRUNC|b; ");
  CHECK(pairs(good + member("2.jpg") + member("2.txt").substr(0, 512)) ==
        "t.tar/1.jpg=x|a; t.tar/2.jpg!TRUNC t.tar/2.txt; ");
  CHECK(pairs(good + member("2.jpg").substr(0, 512)) == "t.tar/1.jpg=x|a; t.tar/2.jpg!TRUNC t.tar/2.jpg; ");
  CHECK(pairs(good + member("2.txt").substr(0, 512)) == "t.tar/1.jpg=x|a; t.tar/2!TRUNC t.tar/2.txt; ");
  CHECK(pairs(good + member("2.json").substr(0, 512)) == "t.tar/1.jpg=x|a; t.tar!TRUNC t.tar; ");
  CHECK(pairs(good + std::string(512, 'x')).starts_with("t.tar/1.jpg=x|a; t.tar!CORRUPT "));
  const std::string sparse = pax_header(pax_record("GNU.sparse.name", "2.jpg")) + tar_member({"t"}, "x");
  CHECK(pairs(good + sparse + member("2.txt", "b") + tar_end()) == "t.tar/1.jpg=x|a; t.tar/2.jpg!UNSUP|b; ");
}

TEST_CASE("tar pairs: says that an image and its caption are apart", "[app][tar]") {
  const auto hint = [](const std::string& archive) {
    const TempFolder folder;
    TarPairs source("t.tar", open_byte_stream(folder.write("t.tar", archive + tar_end())),
                    InvalidUtf8::refuse);
    for (Pair pair; source.next(pair);) continue;
    return source.hint();
  };
  const auto apart = [](const std::string& key) {
    return "image and caption of t.tar/" + key +
           " are not next to each other; make the archive with: tar --sort=name -cf ...";
  };
  CHECK(hint(member("1.jpg") + member("2.jpg") + member("1.txt") + member("2.txt")) == apart("1"));
  CHECK(hint(member("d/2.txt") + member("d/1.jpg") + member("d/2.jpg")) == apart("d/2"));
  CHECK(hint(member("1.jpg") + member("1.txt") + member("2.jpg") + member("3.txt")).empty());
  CHECK(hint(member("1.jpg") + member("2.jpg") + member("1.jpg")).empty());
}
