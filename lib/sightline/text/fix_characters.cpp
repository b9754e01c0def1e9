// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/fix_characters.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "sightline/text/html_entities.h"

namespace sightline {
namespace {

struct Ligature {
  char32_t code;
  std::u32string_view letters;
};

// chardata.LIGATURES; the second letters of U+01C4 to U+01C6 have carons.
constexpr std::array<Ligature, 22> kLigatures = {{
    {0x132, U"IJ"},       {0x133, U"ij"},  {0x149, U"\u02BCn"}, {0x1C4, U"D\u017D"}, {0x1C5, U"D\u017E"},
    {0x1C6, U"d\u017E"},  {0x1C7, U"LJ"},  {0x1C8, U"Lj"},      {0x1C9, U"lj"},      {0x1CA, U"NJ"},
    {0x1CB, U"Nj"},       {0x1CC, U"nj"},  {0x1F1, U"DZ"},      {0x1F2, U"Dz"},      {0x1F3, U"dz"},
    {0xFB00, U"ff"},      {0xFB01, U"fi"}, {0xFB02, U"fl"},     {0xFB03, U"ffi"},    {0xFB04, U"ffl"},
    {0xFB05, U"\u017Ft"}, {0xFB06, U"st"},
}};

// The normal width of U+FF5F to U+FFEE; U+0000 where nothing is assigned, and U+FFE3 becomes two characters.
constexpr char32_t kFirstWidth = 0xFF5F, kFullMacron = 0xFFE3;
constexpr std::u32string_view kWidths{
    U"\u2985\u2986\u3002\u300C\u300D\u3001\u30FB\u30F2\u30A1\u30A3\u30A5\u30A7\u30A9\u30E3\u30E5\u30E7\u30C3"
    U"\u30FC\u30A2\u30A4\u30A6\u30A8\u30AA\u30AB\u30AD\u30AF\u30B1\u30B3\u30B5\u30B7\u30B9\u30BB\u30BD\u30BF"
    U"\u30C1\u30C4\u30C6\u30C8\u30CA\u30CB\u30CC\u30CD\u30CE\u30CF\u30D2\u30D5\u30D8\u30DB\u30DE\u30DF\u30E0"
    U"\u30E1\u30E2\u30E4\u30E6\u30E8\u30E9\u30EA\u30EB\u30EC\u30ED\u30EF\u30F3\u3099\u309A\u1160\u1100\u1101"
    U"\u11AA\u1102\u11AC\u11AD\u1103\u1104\u1105\u11B0\u11B1\u11B2\u11B3\u11B4\u11B5\u111A\u1106\u1107\u1108"
    U"\u1121\u1109\u110A\u110B\u110C\u110D\u110E\u110F\u1110\u1111\u1112\0\0\0\u1161\u1162\u1163\u1164\u1165"
    U"\u1166\0\0\u1167\u1168\u1169\u116A\u116B\u116C\0\0\u116D\u116E\u116F\u1170\u1171\u1172\0\0\u1173\u1174"
    U"\u1175\0\0\0\u00A2\u00A3\u00AC\0\u00A6\u00A5\u20A9\0\u2502\u2190\u2191\u2192\u2193\u25A0\u25CB",
    0xFFEE - 0xFF5F + 1};

char32_t normal_width(char32_t c) {
  if (c == 0x3000) return U' ';
  if (c < 0xFF01 || c > 0xFFEE) return c;
  if (c < kFirstWidth) return c - 0xFF01 + U'!';
  const char32_t width = kWidths[c - kFirstWidth];
  return width != 0 ? width : c;
}

char32_t straight_quote(char32_t c) {
  if (c == 0x2BC || (c >= 0x2018 && c <= 0x201B)) return U'\'';
  return c >= 0x201C && c <= 0x201F ? U'"' : c;
}

// The steps after the ligatures.
void append_plain(CodePoints& out, char32_t c) {
  if (c == kFullMacron) {
    out += U" \u0304";
    return;
  }
  out += straight_quote(normal_width(c));
}

}  // namespace

void append_fixed_character(CodePoints& out, char32_t c) {
  if (c < 0x80) {
    out += c;
    return;
  }
  c = windows_1252(c);
  const auto ligature =
      std::lower_bound(kLigatures.begin(), kLigatures.end(), c,
                       [](const Ligature& entry, char32_t code) { return entry.code < code; });
  if (ligature == kLigatures.end() || ligature->code != c) return append_plain(out, c);
  for (const char32_t letter : ligature->letters) append_plain(out, letter);
}

bool is_deleted_control(char32_t c) {
  return c <= 8 || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || (c >= 0x206A && c <= 0x206F) ||
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFC);
}

}  // namespace sightline
