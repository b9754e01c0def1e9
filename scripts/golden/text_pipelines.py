# SPDX-License-Identifier: Apache-2.0
"""Goldens of tokenizers other than CLIP's: small vocabularies trained by sentencepiece and tokenizers, one folder for each
kind with the files as they are published, and in ids.json the ids that transformers' AutoTokenizer gives for texts.json,
with truncation to 32 ids. compare_tokenizers.py makes the same kinds larger."""
import json
import pathlib
import random
import shutil
import sys
import tempfile
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SEED = 20261128
MOST = 32
RULES = ["\u2581", "\u3000", "\u00a0", "\u200b", "\t", "\n", "\r"]  # to a space; the rest is NFKC of a few hundred characters


def corpus():
    """Lines to train on: captions of the repository and unusual texts."""
    import texts
    lines = []
    for name in ["data/templates/imagenet-classes.txt", "data/templates/openai-imagenet.txt", "data/images/captions.txt",
                 "docs/architecture.md", "README.md"]:
        lines += [line.strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    lines += [t.replace("\0", "") for t in texts.PLAIN if t.strip()] * 3
    return [line for line in lines if "\r" not in line and "\n" not in line]


def hard_texts(count, seed=SEED):
    """Texts of every plane and script, decomposed, joined, with controls and runs of white space."""
    import texts
    rng = random.Random(seed)
    words = [w for line in corpus() for w in line.split()][:4000]
    blocks = [(0x20, 0x7F), (0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x590), (0x590, 0x800), (0x900, 0xE80),
              (0x1100, 0x1200), (0x1E00, 0x2100), (0x2100, 0x2600), (0x2600, 0x27C0), (0x3000, 0x3100), (0x4E00, 0x5200),
              (0xAC00, 0xB000), (0xFB00, 0xFB50), (0xFE00, 0xFFF0), (0x10400, 0x10450), (0x1D400, 0x1D500),
              (0x1F300, 0x1F700), (0x20000, 0x20100), (0xE0020, 0xE0080), (0xE000, 0xE010), (0, 0x20), (0x7F, 0xA0)]
    marks = ["\u200d", "\ufe0f", "\u0301", "\u1161", "\u200b", "\r\n", "\n", "\t", "  ", "   ", "\u3000", "\u00a0", "\ufeff",
             "\U0001F468\u200d\U0001F469\u200d\U0001F467", "\U0001F1E9\U0001F1EA", "\u039f\u0394\u039f\u03a3", "\u0130", "\u00df",
             "\u2581", "\u2581\u2581", "<unk>", "<pad>", "</s>", "<s>", "<mask>", "[UNK]", "[SEP]", "<bos>", "<eos>", "<x>", " <x> ", "<X>",
             "<0x41>", "##a", "!", "...", "'s", "\u2019"]
    # Python's str.lower() has an older Unicode: captions with newer letters are in the goldens of CLIP alone.
    out = [t for t in texts.PLAIN if not any(unicodedata.category(c) == "Cn" for c in t)]
    out += ["w" * 150, "\u4e2d" * 60, "\U00020000" * 20, "a" * 101, "\u2581" * 9, " " * 40, "ab " * 50, "\u0301" * 40]
    out += marks
    while len(out) < count:
        parts = []
        for _ in range(rng.randrange(1, 12)):
            kind = rng.random()
            if kind < 0.45:
                parts.append(rng.choice(words))
            elif kind < 0.6:
                parts.append(rng.choice(marks))
            else:
                low, high = rng.choice(blocks)
                parts.append("".join(chr(rng.randrange(low, high)) for _ in range(rng.randrange(1, 5))))
        text = rng.choice(["", " ", " "]).join(parts)
        if rng.random() < 0.15:
            text = unicodedata.normalize("NFD", text)
        if rng.random() < 0.1:
            text = text.upper()
        out.append(text)
    return out[:count]


def _rules(path):
    """A small map in sentencepiece's form: NFKC of some characters, and several kinds of space."""
    lines = [f"{ord(c):X}\t20" for c in RULES]
    chars = [*range(0xA8, 0x250), *range(0x2100, 0x2150), *range(0x2460, 0x2480), *range(0xFB00, 0xFB07),
             *range(0xFF01, 0xFF5F)]
    for c in chars:
        folded = unicodedata.normalize("NFKC", chr(c))
        if folded != chr(c):
            lines.append(f"{c:X}\t" + " ".join(f"{ord(x):X}" for x in folded))
    for base in "aeiou":
        for mark in "\u0300\u0301\u0302\u0308":
            composed = unicodedata.normalize("NFC", base + mark)
            if len(composed) == 1:
                lines.append(f"{ord(base):X} {ord(mark):X}\t{ord(composed):X}")
    lines += [f"{c:X}\t" for c in range(1, 9)]  # deleted
    path.write_text("\n".join(sorted(set(lines))) + "\n")


def sentencepiece_model(folder, name, size, full_rules=False, **options):
    import sentencepiece
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        (temporary / "corpus.txt").write_text("\n".join(corpus()), encoding="utf-8")
        _rules(temporary / "rules.tsv")
        rules = {"normalization_rule_name": "nmt_nfkc"} if full_rules else {"normalization_rule_tsv": str(temporary / "rules.tsv")}
        sentencepiece.SentencePieceTrainer.train(
            input=str(temporary / "corpus.txt"), model_prefix=str(temporary / "m"), vocab_size=size, model_type="unigram",
            num_threads=1, minloglevel=2, hard_vocab_limit=False, character_coverage=0.98, **rules, **options)
        shutil.copy(temporary / "m.model", folder / name)


T5_IDS = dict(pad_id=0, eos_id=1, unk_id=2, bos_id=-1)


def _config(folder, tokenizer_class, model_type, **settings):
    (folder / "tokenizer_config.json").write_text(json.dumps(dict(settings, tokenizer_class=tokenizer_class)))
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}))


def _resaved(folder, keep):
    """Replaces the folder's files by those that transformers saves, of which `keep` stay."""
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with tempfile.TemporaryDirectory() as temporary:
        tokenizer.save_pretrained(temporary)
        model_type = (folder / "config.json").read_text()
        for path in folder.iterdir():
            path.unlink()
        for name in keep:
            shutil.copy(pathlib.Path(temporary) / name, folder / name)
        (folder / "config.json").write_text(model_type)
    json_file = folder / "tokenizer.json"
    if json_file.exists():
        json_file.write_text(json.dumps(json.loads(json_file.read_text()), ensure_ascii=False, separators=(",", ":")))


def t5(folder, size, full):
    sentencepiece_model(folder, "spiece.model", size, full, **T5_IDS)
    _config(folder, "T5Tokenizer", "t5", extra_ids=10, model_max_length=MOST)
    _resaved(folder, ["tokenizer.json", "tokenizer_config.json"])


def t5_model(folder, size, full):
    sentencepiece_model(folder, "spiece.model", size, full, **T5_IDS)
    _config(folder, "T5TokenizerFast", "t5", model_max_length=MOST)


def xlm_roberta(folder, size, full):
    sentencepiece_model(folder, "sentencepiece.bpe.model", size, full)
    _config(folder, "XLMRobertaTokenizer", "metaclip_2", model_max_length=MOST)
    _resaved(folder, ["tokenizer.json", "tokenizer_config.json"])


def xlm_roberta_model(folder, size, full):
    sentencepiece_model(folder, "sentencepiece.bpe.model", size, full)
    _config(folder, "XLMRobertaTokenizer", "xlm-roberta", model_max_length=MOST)


def siglip(folder, size, full):
    sentencepiece_model(folder, "spiece.model", size, full, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    _config(folder, "SiglipTokenizer", "siglip", model_max_length=MOST)


def siglip_bytes(folder, size, full):
    sentencepiece_model(folder, "spiece.model", size, full, byte_fallback=True, user_defined_symbols=["<x>", "dog"],
                        remove_extra_whitespaces=False, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    _config(folder, "SiglipTokenizer", "siglip", model_max_length=MOST)


def gemma_json(size):
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + [f"<0x{b:02X}>" for b in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False, min_frequency=2,
                                  limit_alphabet=120)
    tokenizer.pre_tokenizer = pre_tokenizers.Split("\u2581", "merged_with_next")
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <eos>", pair="$A <eos> $B <eos>", special_tokens=[("<eos>", 1)])
    spec = json.loads(tokenizer.to_str())
    runs = ["\n" * n for n in (1, 2, 3)] + ["\u2581" * n for n in (2, 3, 4)] + ["<table>", "<X>"]
    spec["added_tokens"] = [t for t in spec["added_tokens"] if t["id"] < 5]
    base = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
    for i, run in enumerate(runs):
        spec["added_tokens"].append(dict(base, id=len(spec["model"]["vocab"]) + i, content=run))
    assert AddedToken
    return spec


def _gemma_like(folder, size, tokenizer_class, model_type):
    (folder / "tokenizer.json").write_text(json.dumps(gemma_json(size), ensure_ascii=False, separators=(",", ":")))
    _config(folder, tokenizer_class, model_type, model_max_length=MOST, padding_side="right")


def gemma(folder, size, _full):
    _gemma_like(folder, size, "GemmaTokenizer", "siglip")


def siglip2(folder, size, _full):
    _gemma_like(folder, size, "GemmaTokenizer", "siglip2")


def _wordpiece(size, lower):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
                                        show_progress=False, limit_alphabet=150)
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def bert(folder, size, _full):
    (folder / "tokenizer.json").write_text(_wordpiece(size, True).to_str())
    _config(folder, "BertTokenizer", "chinese_clip", model_max_length=MOST)
    _resaved(folder, ["tokenizer.json", "tokenizer_config.json"])


def bert_cased(folder, size, _full):
    vocab = _wordpiece(size, False).get_vocab()
    (folder / "vocab.txt").write_text("".join(t + "\n" for t in sorted(vocab, key=vocab.get)), encoding="utf-8")
    _config(folder, "DistilBertTokenizer", "distilbert", model_max_length=MOST, do_lower_case=False)


def unigram_file(folder, size, full):
    """A file that is used as it is: byte fallback, added tokens of every kind, and Metaspace on the first part only."""
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        sentencepiece_model(temporary, "spiece.model", size, full, byte_fallback=True, **T5_IDS)
        _config(temporary, "T5Tokenizer", "t5", extra_ids=0)
        _resaved(temporary, ["tokenizer.json"])
        spec = json.loads((temporary / "tokenizer.json").read_text())
    spec["model"]["byte_fallback"] = True
    spec["pre_tokenizer"] = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": False}
    base = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
    n = len(spec["model"]["vocab"])
    spec["added_tokens"] += [dict(base, id=n, content="<x>", lstrip=True), dict(base, id=n + 1, content="dog", single_word=True),
                             dict(base, id=n + 2, content="photo", normalized=True), dict(base, id=n + 3, content="\n"),
                             dict(base, id=n + 4, content="<X>", rstrip=True), dict(base, id=n + 5, content="do")]
    spec["post_processor"] = {"type": "RobertaProcessing", "sep": ["</s>", 1], "cls": ["<pad>", 0], "trim_offsets": True,
                              "add_prefix_space": True}
    (folder / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")))
    _config(folder, "PreTrainedTokenizerFast", "altclip", model_max_length=MOST, pad_token="<pad>")


def bpe_file(folder, size, _full):
    spec = gemma_json(size)
    spec["model"].update(byte_fallback=False, fuse_unk=False, ignore_merges=True)
    spec["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"},
                                                              {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]}
    spec["post_processor"] = {"type": "BertProcessing", "sep": ["<eos>", 1], "cls": ["<bos>", 2]}
    for token in spec["added_tokens"][-2:]:
        token.update(normalized=True)
    _config(folder, "TokenizersBackend", "clip_text_model", model_max_length=MOST, truncation_side="left", pad_token="<pad>")
    (folder / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")))


KINDS = {"t5": t5, "t5_model": t5_model, "xlm_roberta": xlm_roberta, "xlm_roberta_model": xlm_roberta_model, "siglip": siglip,
         "siglip_bytes": siglip_bytes, "gemma": gemma, "siglip2": siglip2, "bert": bert, "bert_cased": bert_cased,
         "unigram_file": unigram_file, "bpe_file": bpe_file}


def make(kind, folder, size, full):
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    KINDS[kind](folder, size, full)


def ids_of(folder, texts):
    """The ids of the reference, and the class that it chose."""
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = [tokenizer(text, truncation=True, max_length=MOST)["input_ids"] for text in texts]
    return tokenizer, ids


def write(out):
    import sentencepiece
    import tokenizers
    import transformers
    out = out / "pipelines"
    captions = hard_texts(400)
    out.mkdir(exist_ok=True)
    (out / "texts.json").write_text(json.dumps(captions))
    for kind in KINDS:
        make(kind, out / kind, 900 if kind in ("gemma", "siglip2", "bpe_file", "bert") else 450, False)
        tokenizer, ids = ids_of(out / kind, captions)
        (out / kind / "ids.json").write_text(json.dumps(
            {"pad": tokenizer.pad_token_id, "size": len(tokenizer), "ids": ids}, separators=(",", ":")))
    (out / "versions.json").write_text(json.dumps(
        {"python": sys.version.split()[0], "sentencepiece": sentencepiece.__version__, "tokenizers": tokenizers.__version__,
         "transformers": transformers.__version__, "seed": SEED}, indent=1) + "\n")
