# SPDX-License-Identifier: Apache-2.0
"""Goldens of the text layer: ids of unusual captions, and a checksum of the ids of every code point.

Left out of the ids of OpenAI's tokenizer are texts whose wrong decoding ftfy repairs. Needs ftfy 6.3.1 and regex besides
transformers and tokenizers.
"""
import html
import json
import pathlib
import platform
import random
import unicodedata
import zlib

import fixed_texts
import ftfy
import regex
import tokenizers
import transformers

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VOCAB = ROOT / "data" / "vocab"
SEED = 20261121

PLAIN = [
    "a photo of a dog", "A PHOTO OF A DOG", "a photo of a cat.", "two cats, one dog", "it's a dog's life",
    "they're we've I'm you'll he'd can't", "IT'S A DOG'S LIFE; THEY'RE", "don''t ''s 's's 'S",
    "12345 1,000,000 3.14 50%", "2nd 3rd 4x4 a1b2c3", "hello-world foo_bar foo.bar@baz.com",
    "C++ & C# (parentheses) [brackets] {braces} <tags>", "!!! ??? ... --- ___ ###", "!'s '!s \"'t'\"",
    "http://example.com/a?b=c&d=e#f", "  leading and   inner spaces  ", "tab\there",
    "line\nbreak\r\nwindows", "vertical\vtab and\fformfeed", "nbsp\u00a0here\u2003em\u3000ideographic",
    "zero\u200bwidth\u200djoin\ufefferbom", "\u2028line separator\u2029paragraph", "next\u0085line",
    "a\u0000nul", "\u0001\u0002control\u001f\u007f", "soft\u00adhyphen", "caf\u00e9 cafe\u0301 CAF\u00c9",
    "\u00e5ngstr\u00f6m \u212b A\u030a", "\ufb01 \ufb02 ligatures", "\u00df stra\u00dfe STRASSE \u1e9e",
    "\u0130stanbul I\u0131 i\u0307 I\u0307",
    "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u03a3 \u03c3 \u03c2 \u039f\u03a3",
    "\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 \u0416\u0423\u041a",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u0661\u0662\u0663",
    "\u4f60\u597d\u4e16\u754c",
    "\u65e5\u672c\u8a9e\u306e\u30c6\u30b9\u30c8 \uff21\uff22\uff23\uff11\uff12\uff13",
    "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab", "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0915\u094d\u0937", "\u01c4 \u01c5 \u01c6 \u01f1 \u01f2 \u01f3",
    "\u2160 \u2161 \u2170 \u00bd \u00b2 \u2460", "\u1e0b\u0323 \u0323\u0307 d\u0323\u0307 d\u0307\u0323",
    "\u0958 \u0344 \u0340 \u0374 \u037e \u0387 \u2126 \u212a", "\U0001F600",
    "\U0001F468\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466 family", "\U0001F1E9\U0001F1EA flag",
    "\u2764\ufe0f \u2600 \u263a\ufe0f", "\U0001F44D\U0001F3FD thumbs", "\U0001D400\U0001D41A \U0001D7D8",
    "\U00010400\U00010428 deseret", "\u13a0\uab70 cherokee", "\ua64a\u1c88 \u1c89 \ua7cb \ua7da \U00010d50",
    "\U000105c9 \U000105d2\u0307 \U00011383 \U00016121 \U00016d68", "<|startoftext|>", "<|endoftext|>",
    "a <|endoftext|> b", "<|ENDOFTEXT|>", "<|StartOfText|> x", "<|endoftext|><|endoftext|>",
    "<|endof text|>", "<|x|>", "<|endoftext|> 's", "x<|startoftext|>y's", "<start_of_text> <end_of_text>",
    "&amp; &lt;b&gt; &copy; &eacute; &#65; &#x41; &amp;amp;",
    "&notanentity; &ampx &lt &#0; &#128; &#xD800; &#1114112; &#x;",
    "&CounterClockwiseContourIntegral; &nvgt; &bne;", "&amp;lt;dog&amp;gt;", "\u017f 'r'\u017f '\u017f",
    "don\u2019t it\u2019s", "\u00abguillemets\u00bb \u201equotes\u201c", "\u20ac100 \u00a35 \u00a5",
    "x\u00b2+y\u00b2=z\u00b2", "\u221e \u2260 \u2264 \u2211", "a", "A", "z", "0", "'", ".", "\u00e9",
    "\u4e2d", "\U0001F436", "", "   ", "'s", "'", "\u0301", "\u0301\u0301a", "a\u0301\u0301\u0327\u0323",
]


def captions():
    rng = random.Random(SEED)
    out = list(PLAIN)
    out += ["<|startoftext|>", "<|endoftext|>", "a <|endoftext|> b", "<|ENDOFTEXT|>", "<|StartOfText|> x", "<|x|>",
            "<|endoftext|><|endoftext|>", "<|endof text|>", "<|endoftext|> 's", "x<|startoftext|>y's", "<|", "|>"]
    out += ["w" * 3000, "ab" * 1500, "\u00e9" * 3000, "1" * 3000, "'s" * 1000, "\U0001F436" * 500, "a\u0301" * 800,
            "word " * 200, "the quick brown fox jumps over the lazy dog " * 5, "!" * 300, " " * 300 + "x"]
    nouns = "dog cat horse bicycle Zebra crossing Toaster PIZZA giraffe skyscraper helicopter".split()
    forms = ["a photo of a {}", "a {}, drawn in 19{}", "{}'s {}", "THE {} IS {} M", "{}{}!", "({} & {})"]
    for i in range(120):
        form = forms[i % len(forms)]
        out.append(form.format(rng.choice(nouns), rng.randrange(100)))
    blocks = [(0x20, 0x7F), (0xA0, 0x250), (0x250, 0x3FF), (0x400, 0x530), (0x590, 0x700), (0x900, 0xDFF),
              (0x1E00, 0x2000), (0x2000, 0x2C00), (0x3000, 0x3200), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0x10000),
              (0x10280, 0x10E80), (0x11000, 0x12000), (0x1D400, 0x1D800), (0x1F300, 0x1FAFF)]
    for i in range(220):
        pool = [*rng.choice(blocks), *rng.choice(blocks)]
        size = rng.randrange(3, 30)
        out.append("".join(chr(rng.randrange(*(pool[:2] if rng.random() < .6 else pool[2:])))
                           if rng.random() < .8 else rng.choice(" 's1.A\u0301") for _ in range(size)))
    return list(dict.fromkeys(out))


def openai_captions():
    """Texts for which only OpenAI's cleaning matters: str.strip, the final sigma's surroundings, U+017F as an s."""
    rng = random.Random(SEED)
    sigma = [chr(c) for c in (0x3A3, 0x3A3, 0x391, 0x61, 0x2B0, 0x345, 0xAD, 0x2019, 0x2E, 0x3A, 0x27, 0x5E, 0x24D0, 0x2160,
                              0xAA, 0x1F3FB, 0xB2, 0x4E00, 0x5F, 0x200B, 0x1C5, 0x301, 0x20, 0x2D, 0x31, 0x10400, 0x1D400)]
    out = ["\x1cdog\x1f", " \x1e\u2003x\x1d\n", "a\x1cb\x1f c", "&#x1c;dog&Tab;", "\x1f", "&nbsp;dog&nbsp;", "&amp;#32;a&amp;nbsp;",
           "<|\u017ftartoftext|>", "a <|\u017fTARTOFTEXT|>'\u017f", "<|STARTOFTEXT|>a<|EndOfText|>", "&lt;|endoftext|&gt;'S"]
    out += ["\uff21 \uff4dog\uff0c\uff01 \u30c6\uff9e\uff9a\uff8b\uff9e", "\u201cdog\u2019s\u201d \u2018a\u201f",
            "o\ufb03ce \ufb01sh", "cafe\u0301\u200b\ufeff a\u0308", "\u1112\u1161\u11ab \uffb1\uffc2",
            "\033[31mred\033[0m dog\033[", "a\u0085b\u2028c\u2029d",
            "P&EACUTE;REZ &SZLIG; &THETASYM; &lt;b&gt; 3 < 4",
            "&Eacute;&NTILDE; 2 < 3 &eacute;\n&eacute;", "&amp;amp;eacute;"]
    return out + ["".join(rng.choice(sigma) for _ in range(rng.randrange(2, 12))) for _ in range(150)]


class OpenAITokenizer:
    """OpenAI's SimpleTokenizer, over this repository's vocabulary files."""

    def __init__(self):
        self.ids = json.loads((VOCAB / "vocab.json").read_text(encoding="utf-8"))
        lines = (VOCAB / "merges.txt").read_text(encoding="utf-8").split("\n")
        self.rank = {tuple(line.split()): n for n, line in enumerate(x for x in lines[1:] if x)}
        kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
        rest = [b for b in range(256) if b not in kept]
        self.symbols = {**{b: chr(b) for b in kept}, **{b: chr(256 + n) for n, b in enumerate(rest)}}
        self.pattern = regex.compile(
            r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
            regex.IGNORECASE)

    def bpe(self, token):
        if token in ("<|startoftext|>", "<|endoftext|>"):
            return [token]
        word = [self.symbols[b] for b in token.encode()]
        word[-1] += "</w>"
        while len(word) > 1:
            rank, i = min((self.rank.get(pair, 1 << 30), i) for i, pair in enumerate(zip(word, word[1:])))
            if rank == 1 << 30:
                break
            word[i:i + 2] = [word[i] + word[i + 1]]
        return word

    def encode(self, text):
        text = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
        text = regex.sub(r"\s+", " ", text).strip().lower()
        return [self.ids[t] for piece in self.pattern.findall(text) for t in self.bpe(piece)]


def crc(ids):
    return zlib.crc32(b"".join(i.to_bytes(4, "little") for i in ids))


def write(out):
    hf = transformers.CLIPTokenizer(vocab=str(VOCAB / "vocab.json"), merges=str(VOCAB / "merges.txt"))
    fast = hf._tokenizer if hasattr(hf, "_tokenizer") else hf.backend_tokenizer
    fast.no_truncation()
    openai = OpenAITokenizer()
    texts = captions()
    lines = []
    for text in texts:
        ids = fast.encode(text).ids
        entry = {"text": text, "size": len(ids), "crc": crc(ids)}
        if len(ids) <= 40:
            entry["ids"] = ids
        lines.append(entry)
    with open(out / "hf.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(e, ensure_ascii=True) + "\n" for e in lines)
    with open(out / "openai.jsonl", "w", encoding="utf-8") as file:
        for text in [*texts, *openai_captions()]:
            if len(text) > 1000 or any(unicodedata.category(c) == "Cn" for c in text):
                continue  # letters newer than this Python: its lower() is not the rule to follow
            if ftfy.fix_text(text) != ftfy.fix_text(text, fix_encoding=False):
                continue  # decoded wrongly, as ftfy believes
            ids = [49406, *openai.encode(text), 49407]
            file.write(json.dumps({"text": text, "size": len(ids), "crc": crc(ids)}, ensure_ascii=True) + "\n")
    fixed_texts.write(out / "fix_text.json", openai_captions())
    # every code point of Unicode inside a<c>b <c> 1: one checksum per block of 256
    blocks = []
    for start in range(0, 0x110000, 256):
        points = [c for c in range(start, start + 256) if not 0xD800 <= c <= 0xDFFF]
        ids = [i for e in fast.encode_batch([f"a{chr(c)}b {chr(c)} 1" for c in points]) for i in e.ids]
        blocks.append(crc(ids))
    (out / "code_points.json").write_text(json.dumps(blocks) + "\n")
    (out / "versions.json").write_text(json.dumps({
        "script": "scripts/golden/texts.py", "seed": SEED, "python": platform.python_version(),
        "transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "regex": regex.__version__,
        "ftfy": ftfy.__version__,
        "captions": len(texts)}, indent=1) + "\n")
