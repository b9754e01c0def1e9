# SPDX-License-Identifier: Apache-2.0
"""Goldens of the steps of tokenizers: hard texts, and what each normaliser and pre-tokeniser of the reference makes of them.

Besides the packages of make_golden.py, needs sentencepiece 0.2.3 with protobuf. steps.jsonl has the texts in its first line;
each further line is a step: its kind and specification as scripts/text_steps.cpp takes them, and its results, of which those
that equal the text are null. A step refers to its character map by name. scripts/compare_text_steps.py compares more texts
and larger maps.
"""
import base64
import io
import json
import pathlib
import random
import string
import tempfile

import make_tokenizer_tables
import sentencepiece
import tokenizers
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import normalizers
from transformers.models.siglip.tokenization_siglip import SiglipTokenizer

SEED = 20261128
GOLDEN_TEXTS = 150
FLAGS = ["add_dummy_prefix", "remove_extra_whitespaces", "escape_whitespaces"]
# Letters of several lengths in UTF-8, white space, marks, joiners, Hangul, conjuncts, pictographs, flags, controls.
ALPHABETS = [
    "aBzİıſẞ ΟΔΟΣς. A", " \t\n\r\x0b\x0c\x1c\x1f\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000x\u200b\ufeff▁",
    "a\u0301e\u0327\u0323o\u0308\u0345\u0344\u0340i\u0307\u0483\u0488\u20dd\u0903", "\r\n\r\na\u0301\u0302\x01\x7f\xad\u0600",
    "ᄀᄒ각가힣ᅡᆨᆫ한ㄱ\u115f\u1160\ud7b0\ud7cb\ua960", "क्षिन\u094d\u093c\u200dত\u09cdത\u0d4dക\u1039က\u200c\u0301",
    "©®\u200d\u203c\u2122❤\ufe0f\u0301👨👩👧🏽🇩🇪🇫\U000e0067\U000e007f", "\x00\x01\x08\x0e\x1f\x7f\x80\x9f\ufffd\ufffe\ue000\U000f0000\u0378",
    "漢字㐀𠀀𪜀𫝀𫠠𫤠豈丽\u4e00\u3000。、「」", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡«»—…·‿＿$+<", "ﬁﬂ①½㌔ａｂＡ１２ｶﾞ～“”‘’′″ⅷ㎏ﷺ㍿ǆ",
    "Ａ １½\u1e9b\u0323\u0958\u212b\u2126\u0387\u037e\u1fef\uf900\U0002f800\u0f73\u0f75", "   \t a  b\n\n▁▁ ▁", "``''--x  y", "'s't 're've'm'll'dl 1a'\t\u00b2  \n",
]
SPREAD = [(0x20, 0x7F), (0x80, 0x250), (0x250, 0x590), (0x590, 0x900), (0x900, 0x1100), (0x1100, 0x1200), (0x1200, 0x2000),
          (0x2000, 0x2C00), (0x2C00, 0x3400), (0x3400, 0xA000), (0xA000, 0xAC00), (0xAC00, 0xD800), (0xE000, 0x10000),
          (0x10000, 0x12000), (0x12000, 0x1F000), (0x1F000, 0x20000), (0x20000, 0x32000), (0xE0000, 0xE0200), (0xF0000, 0x110000)]


def texts(count, seed=SEED):
    rng = random.Random(seed)
    out = ["", " ", "a", "▁", "\n", "\u0301", "a photo of a dog", " A  Photo, of a DOG! ", "abc-ab--a ab"]
    while len(out) < count:
        pools = [rng.choice(ALPHABETS) if rng.random() < .6 else rng.choice(SPREAD) for _ in range(rng.randrange(1, 4))]
        text = ""
        for _ in range(rng.randrange(1, 25)):
            pool = rng.choice(pools)
            text += rng.choice(pool) if isinstance(pool, str) else chr(rng.randrange(*pool))
        out.append(text)
    return out


def _map_of_rule(rule):
    normalizer = sentencepiece.SentencePieceNormalizer(rule_name=rule)
    spec = sentencepiece_model_pb2.NormalizerSpec()
    spec.ParseFromString(normalizer.serialized_normalizer_spec())
    return spec.precompiled_charsmap


def _small_map():
    """A map with keys that begin alike, keys of several characters, an empty value and values with spaces."""
    rules = {"a": "A", "ab": "<ab>", "abc": "", "é": "e ", "e\u0301": "\u00e9", "한": "  h", "ᄒ": "H", "\u0301": "", "👍": "+1",
             "x": " ", "\r\n": "|", "\r": "/", "ΑΣ": "as", "क": "ka", "क्": "k", "ﬁ": "fi", "\u3000": " ", "\x01": "", "▁": " "}
    with tempfile.TemporaryDirectory() as folder:
        tsv = pathlib.Path(folder) / "rules.tsv"
        tsv.write_text("".join("\t".join(" ".join(f"{ord(c):X}" for c in text) for text in rule) + "\n"
                               for rule in rules.items()))
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["one two three"] * 9), model_writer=model, vocab_size=14, normalization_rule_tsv=str(tsv),
            hard_vocab_limit=False, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def maps(names=("small", "lookups", "nmt_nfkc", "nfkc_cf")):
    """The base64 of character maps of SentencePiece's format."""
    made = {"small": _small_map, "lookups": make_tokenizer_tables.lookup_map}
    return {name: base64.b64encode(made[name]() if name in made else _map_of_rule(name)).decode() for name in names}


def _replace(content, **pattern):
    return {"type": "Replace", "pattern": pattern, "content": content}


def _bert(clean, chinese, accents, lowercase):
    return {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": accents,
            "lowercase": lowercase}


def normalizer_specs(map_names):
    out = [{"type": name} for name in ("Lowercase", "NFC", "NFD", "NFKC", "NFKD", "StripAccents")]
    out += [{"type": "Strip", "strip_left": left, "strip_right": right} for left, right in ((1, 1), (1, 0), (0, 1), (0, 0))]
    out = [{k: bool(v) if isinstance(v, int) else v for k, v in spec.items()} for spec in out]
    out += [_bert(True, True, None, True), _bert(True, True, None, False), _bert(False, True, True, False),
            _bert(True, False, False, True)]
    out += [_replace("▁", String=" "), _replace('"', String="``"), _replace("", String="a"), _replace("-", Regex=" {2,}"),
            _replace("-", Regex=r"\s+"), _replace("-", Regex=r"\s{2,}|[\n\r\t]"), _replace("", Regex=r"\A +| +\z"),
            _replace("▁▁", Regex=r"\A▁"), _replace("_", Regex=r"[!\"\#\$%\&'\(\)\*\+,\-\.:;=\?@\[\\\]\^_`\{\|\}\~]"),
            _replace("<>", Regex=r"ab|[A-Z\s]|a\ b|\.+\z"), _replace("", Regex=r"\n"), _replace("+", Regex="[a-c-]{3,}")]
    out += [{"type": "Prepend", "prepend": "▁"}]
    out += [{"type": "Precompiled", "precompiled_charsmap": name} for name in map_names]
    out += [{"type": "Sequence", "normalizers": [
        _replace('"', String="``"), {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"},
        {"type": "Precompiled", "precompiled_charsmap": map_names[-1]}, out[8], _replace("▁", Regex=" {2,}")]}]
    return out


def pre_tokenizer_specs():
    def metaspace(scheme, split):
        return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}

    def split(behavior, invert, **pattern):
        return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}

    out = [{"type": "WhitespaceSplit"}, {"type": "BertPreTokenizer"}]
    out += [metaspace(scheme, split_) for scheme in ("always", "first", "never") for split_ in (True, False)]
    out += [{"type": "Metaspace", "replacement": "_", "add_prefix_space": True}]
    out += [split(behavior, invert, String=" ") for invert in (False, True) for behavior in
            ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")]
    out += [split("Isolated", False, Regex=r"▁▁|\n|ab"), split("Contiguous", False, Regex=r"[\n\r]|\s{3,}")]
    out += [{"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}
            for prefix in (True, False) for regex in (True, False)]
    out += [{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace(scheme, True)]}
            for scheme in ("always", "first")]
    return out


def sentencepiece_specs(map_names):
    flags = [dict(zip(FLAGS, values)) for values in ((True, True, True), (False, True, False), (True, False, True))]
    specs = [{"precompiled_charsmap": name, **values, "user_defined": []} for name in map_names for values in flags]
    return specs + [dict(specs[0], user_defined=["  ", "aB", "a", "\u3000x", "한", "\u0301"])]


def steps(map_names):
    """(kind, specification), as scripts/text_steps.cpp takes them."""
    out = [("normalizer", spec) for spec in normalizer_specs(map_names)]
    out += [("pre_tokenizer", spec) for spec in pre_tokenizer_specs()]
    out += [("sentencepiece", spec) for spec in sentencepiece_specs(map_names)]
    return out + [("siglip", True), ("siglip", False), ("openclip", None)]


def with_maps(value, encoded):
    """The specification with the base64 of its maps in place of their names."""
    if isinstance(value, dict):
        return {k: encoded[v] if k == "precompiled_charsmap" else with_maps(v, encoded) for k, v in value.items()}
    return [with_maps(v, encoded) for v in value] if isinstance(value, list) else value


def _newer_letters():
    """Lower case of letters that are newer than Python's Unicode."""
    lower = normalizers.Lowercase()
    return {c: lower.normalize_str(chr(c)) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF
            and lower.normalize_str(chr(c)) != chr(c).lower()}


def _siglip(lowercase):
    tokenizer = SiglipTokenizer.__new__(SiglipTokenizer)  # without a model: canonicalize_text uses one member only
    object.__setattr__(tokenizer, "do_lower_case", lowercase)
    newer = _newer_letters() if lowercase else {}
    return lambda text: tokenizer.canonicalize_text(text.replace("▁", " ").translate(newer))


def _openclip():
    """What canonicalize_text of OpenCLIP does (src/open_clip/tokenizer.py, commit 89fb801)."""
    newer, deleted = _newer_letters(), str.maketrans("", "", string.punctuation)
    return lambda text: " ".join(text.translate(newer).replace("_", " ").translate(deleted).lower().split())


def _native(spec):
    proto = sentencepiece_model_pb2.ModelProto()
    proto.normalizer_spec.precompiled_charsmap = base64.b64decode(spec["precompiled_charsmap"])
    for flag in FLAGS:
        setattr(proto.normalizer_spec, flag, spec[flag])
    piece = sentencepiece_model_pb2.ModelProto.SentencePiece
    proto.pieces.append(piece(piece="<unk>", type=piece.UNKNOWN))
    proto.pieces.append(piece(piece="b", score=-1))
    proto.pieces.extend(piece(piece=text, type=piece.USER_DEFINED) for text in spec["user_defined"])
    return sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString()).normalize


def _read(base, spec):
    """A step of tokenizers from its JSON, which only a whole tokenizer reads."""
    document = {"version": "1.0", "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None,
                "decoder": None, "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, base: spec}
    return getattr(tokenizers.Tokenizer.from_str(json.dumps(document)), base)


def reference(kind, spec):
    """A function from a text to the reference's result."""
    if kind == "siglip":
        return _siglip(spec)
    if kind == "openclip":
        return _openclip()
    if kind == "sentencepiece":
        return _native(spec)
    step = _read(kind, spec)
    if kind == "normalizer":
        return step.normalize_str
    return lambda text: [piece for piece, _ in step.pre_tokenize_str(text)]


def write(out):
    encoded = maps(["small", "lookups"])
    inputs = texts(GOLDEN_TEXTS)
    with (out / "steps.jsonl").open("w", encoding="utf-8") as file:
        file.write(json.dumps({"texts": inputs, "maps": encoded}) + "\n")
        for kind, spec in steps(list(encoded)):
            step = reference(kind, with_maps(spec, encoded))
            results = [(text, step(text)) for text in inputs]
            results = [None if result in (text, [text]) else result for text, result in results]
            file.write(json.dumps({"kind": kind, "spec": spec, "results": results}, ensure_ascii=False) + "\n")
    versions = {"tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__,
                "transformers": transformers.__version__, "seed": SEED}
    (out / "steps_versions.json").write_text(json.dumps(versions, indent=1) + "\n")
