# SPDX-License-Identifier: Apache-2.0
"""What ftfy's fix_text makes of unusual texts without its repair of wrong decoding. Needs ftfy 6.3.1."""
import json
import unicodedata
import zlib

import ftfy

FIXED = [  # written with escapes, because editors and terminals change most of these
    "a\r\nb\rc\u2028d\u2029e\x85f", "\r\u2028\r\n\n", "\033[1;31mred\033[0m\033[x\033[;m\033[3",
    "\x00\x08\x0b\x0c\x0e\x1f\x7f\u206a\u206f\ufff9\ufffc", "&amp;amp;lt;", "&am&#112;;lt;", "&amp&semi;lt;",
    "&#x26;#x26;#38;lt;", "&#xff06;#xff06;lt&#xff1b;", "\uff06\uff41\uff4d\uff50\uff1b",
    "&#x206&#x206a;a;&am&#x206a;p;", "&#59; &#x3b; &semi;",
    "&NTILDE; &nTILDE; &SZLIG; &STRAIGHTEPSILON; &NAPOS; &FFLIG;", "&GTDOT; &LTIMES; &COPYSR; &gtdot; &AMP;",
    "&CounterClockwiseContourIntegral; &notanentity; &; &#; &#x; &#12x; &amp &copy",
    "&#0;&#13;&#128;&#133;&#150;&#xD800;&#x110000;&#99999999999999999999; &#9999999999999999999999999;",
    "\033[&amp;#51;1mx", "\033[&#51;1mx", "&lt;b&gt; a", "<b> &lt; &amp;", "&eacute;\n<\n&eacute;\n&eacute;",
    "&lt;&#x338; &lt;\u0338", "e&#x301; e&amp;#x301;",
    "\u02bc\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2039", "\u0149 \u01c4 \u01c5 \u01c6 \ufb05 \ufb06",
    "\uff76\uff9e\uff8a\uff9f\uff73\uff9e", "\uffe3\u3000\uffa0\uffef", "\u212a\u037e\u1fef\u0340\u0344",
    "&#8490; &ap\u212a; &\u212a;", "\U0001D15E \u0958 \ufb2a", "\n\n", "\n", "x" * 70 + "\n" + "&amp;" * 3]


def write(path, more):
    """Texts and what ftfy makes of them, and checksums of every code point."""
    config = ftfy.TextFixerConfig(fix_encoding=False, explain=False)
    texts = [text for text in FIXED + more if not any(unicodedata.category(c) == "Cn" for c in text)]
    pairs = [[text, ftfy.fix_text(text, config)] for text in texts]
    blocks = []
    for start in range(0, 0x110000, 4096):
        points = [c for c in range(start, start + 4096) if not 0xD800 <= c <= 0xDFFF]
        fixed = [ftfy.fix_text(f"a{chr(c)}b {chr(c)}", config) for c in points if unicodedata.category(chr(c)) != "Cn"]
        blocks.append(zlib.crc32("".join(fixed).encode()))
    lines = [json.dumps(pair) for pair in pairs]
    path.write_text('{"texts": [\n' + ",\n".join(lines) + '],\n"unassigned": ' + json.dumps(unassigned()) +
                    ',\n"blocks": ' + json.dumps(blocks) + "}\n", encoding="ascii")


def unassigned():
    """Ranges [first, last] of code points that this Python does not know; the checksums leave them out."""
    out = []
    for c in range(0x110000):
        if unicodedata.category(chr(c)) == "Cn":
            if out and out[-1][1] == c - 1:
                out[-1][1] = c
            else:
                out.append([c, c])
    return out
