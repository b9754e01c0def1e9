#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes lib/sightline/text/tokenizer_tables.cpp: properties of characters, measured on Hugging Face's tokenizers 0.23.3.

tokenizers takes them from several libraries with different versions of Unicode: general categories in BertNormalizer and
BertPreTokenizer from an old one, normalisation forms from another, grapheme clusters from a third. Each table is therefore
the answer of the reference for every code point, and needs no package but tokenizers.
"""
import pathlib
import struct

import tokenizers
from table_rows import ranges, rows
from tokenizers import normalizers, pre_tokenizers

OUT = pathlib.Path(__file__).resolve().parent.parent / "lib" / "sightline" / "text" / "tokenizer_tables.cpp"
VERSION = "0.23.3"
POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
SPACES = [*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
SYLLABLES = range(0xAC00, 0xAC00 + 11172)
NFD, NFKD = normalizers.NFD(), normalizers.NFKD()


def bert(clean=False, accents=False):
    return normalizers.BertNormalizer(clean_text=clean, handle_chinese_chars=False, strip_accents=accents, lowercase=False)


def removed_by(step):
    return [c for c in POINTS if step.normalize_str(chr(c)) == ""]


def check_spaces():
    """The program has the 25 characters of White_Space in another table."""
    split, clean, strip = pre_tokenizers.WhitespaceSplit(), bert(clean=True), normalizers.Strip()
    assert [c for c in POINTS if len(split.pre_tokenize_str(f"a{chr(c)}a")) == 2] == SPACES
    kept = {c for c in SPACES if clean.normalize_str(chr(c)) != ""}
    assert {c for c in POINTS if clean.normalize_str(chr(c)) == " "} == kept
    assert removed_by(strip) == SPACES


def nonspacing_marks():
    """Mn; characters that decompose are never looked up, because NFD precedes the filter."""
    return [c for c in removed_by(bert(accents=True)) if NFD.normalize_str(chr(c)) == chr(c)]


def punctuation():
    split = pre_tokenizers.BertPreTokenizer()
    return [c for c in POINTS if len(split.pre_tokenize_str(f"a{chr(c)}a")) == 3]


def compatibility():
    """(code point, full compatibility decomposition) where it differs from the canonical one."""
    out = []
    for c in POINTS:
        full = NFKD.normalize_str(chr(c))
        if full != NFD.normalize_str(chr(c)):
            out.append((c, full))
    return out


def lookup_map():
    """A map of SentencePiece's format that writes one X per lookup. All single bytes are keys, so in a Precompiled
    normaliser a cluster of fewer than six bytes gives one X, and any other cluster one X per character. U+0001, which joins
    nothing, becomes a line end."""
    units = [1 << 31] * 768  # no child of any node
    units[0] = 256 << 10
    for byte in range(1, 256):
        leaf = 513 if byte == 1 else 512
        units[256 + byte] = ((256 + byte) ^ leaf) << 10 | 1 << 8 | byte
    units[512], units[513] = 1 << 31, 1 << 31 | 2
    trie = struct.pack("<768I", *units)
    return struct.pack("<I", len(trie)) + trie + b"X\0\n\0"


def lookups(probe, before, after):
    """The number of lookups of `before` + c + `after` for each code point c but U+0001."""
    text = "\1".join(before + chr(c) + after for c in POINTS if c != 1)
    counts = [len(line) for line in probe.normalize_str(text).split("\n")]
    assert len(counts) == len(POINTS) - 1
    return dict(zip((c for c in POINTS if c != 1), counts))


def joined(probe, before, after, count):
    return {c for c, found in lookups(probe, before, after).items() if found == count}


MARK, JOINER, PICTOGRAPH, LETTER, VIRAMA = "\u0301", "\u200d", "\u00a9", "\u0915", "\u094d"  # MARK is GCB=Extend
L, V, T = "\u1100", "\u1161", "\u11a8"


def cluster_classes(probe):
    """{code point: ClusterClass}. Where a cluster ends is visible if one side has fewer than six bytes, with a mark that
    makes two lookups of one; all other ends have no effect on the reference either."""
    attached = joined(probe, "a", "", 1)
    extend = joined(probe, PICTOGRAPH, JOINER + PICTOGRAPH + MARK, 5) & attached
    prepend = joined(probe, "", "a", 1)
    control = {c for c, n in lookups(probe, "", MARK).items() if n == 2 and c < 0x10000}
    control |= {c for c, n in lookups(probe, "", MARK + MARK).items() if n == 2 and c >= 0x10000}
    before_l, before_v, before_t = (joined(probe, "", x + MARK, 3) - prepend for x in (L, V, T))
    after_v, after_t = (joined(probe, x, MARK, 3) - attached - prepend for x in (V, T))
    pictographs = joined(probe, "", JOINER + PICTOGRAPH + MARK, 4) - prepend
    classes = {"control": control | {1}, "extend": extend, "spacing_mark": attached - extend, "prepend": prepend,
               "hangul_l": before_l & before_v, "hangul_v": before_v & before_t & after_v,
               "hangul_t": before_t & after_t - before_v, "hangul_lv": before_v & before_t - after_v,
               "hangul_lvt": before_t - before_v - after_t, "pictograph": pictographs}
    out = {}
    for name, points in classes.items():
        for c in points:
            assert c not in out, (hex(c), name, out[c])
            out[c] = name
    for c in SYLLABLES:  # computed by the program
        assert out.pop(c) == ("hangul_lv" if (c - SYLLABLES[0]) % 28 == 0 else "hangul_lvt"), hex(c)
    assert not {"hangul_lv", "hangul_lvt"} & set(out.values())
    return out


def conjunct_classes(probe):
    """{code point: ConjunctClass}, the property Indic_Conjunct_Break."""
    attached = joined(probe, "a", "", 1)
    consonant = joined(probe, "", VIRAMA + LETTER + MARK, 4)
    linker = joined(probe, LETTER, LETTER + MARK, 4) & attached
    extend = (joined(probe, LETTER, VIRAMA + LETTER + MARK, 5) & attached) - linker
    assert not consonant & attached
    out = {}
    for name, points in {"consonant": consonant, "linker": linker, "extend": extend}.items():
        out.update(dict.fromkeys(points, name))
    return out


def class_runs(prefix, classes):
    out = []
    for c in sorted(classes):
        name = prefix + classes[c]
        if out and out[-1][1] == c - 1 and out[-1][2] == name:
            out[-1][1] = c
        else:
            out.append([c, c, name])
    return out


TEMPLATE = """// SPDX-License-Identifier: Apache-2.0
// Generated by scripts/make_tokenizer_tables.py from Hugging Face's tokenizers {version}; do not edit.
#include "sightline/text/tokenizer_tables.h"

#include <array>

namespace sightline {{
namespace {{

using C = ClusterClass;
using I = ConjunctClass;

// clang-format off
{tables}
// clang-format on

}}  // namespace

{spans}

}}  // namespace sightline
"""


def main():
    assert tokenizers.__version__ == VERSION, tokenizers.__version__
    check_spaces()
    probe = normalizers.Precompiled(lookup_map())
    rows_, pool = [], ""
    for c, full in compatibility():
        rows_.append((c, len(pool)))
        pool += full
    rows_.append((0x110000, len(pool)))
    tables = [
        ("kBertRemoved", "CodeRange", ranges(removed_by(bert(clean=True)))),
        ("kNonspacingMarks", "CodeRange", ranges(nonspacing_marks())),
        ("kCombiningMarks", "CodeRange", ranges(removed_by(normalizers.StripAccents()))),
        ("kPunctuation", "CodeRange", ranges(punctuation())),
        ("kClusterRuns", "ClusterRun", class_runs("C::", cluster_classes(probe))),
        ("kConjunctRuns", "ConjunctRun", class_runs("I::", conjunct_classes(probe))),
        ("kCompatibilityRows", "CompatibilityRow", rows_),
    ]
    print({name: len(values) for name, _, values in tables}, len(pool))
    pool_rows = rows("kCompatibilityPool", "char32_t", [ord(c) for c in pool])
    text = TEMPLATE.format(
        version=VERSION, tables="\n".join([*(rows(*table) for table in tables), pool_rows]),
        spans="\n".join(f"const std::span<const {kind}> {name} = {name}Data;"
                        for name, kind in [*(table[:2] for table in tables), ("kCompatibilityPool", "char32_t")]))
    OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
