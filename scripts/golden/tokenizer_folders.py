# SPDX-License-Identifier: Apache-2.0
"""Goldens of tokenizer folders: the ids of transformers' CLIPProcessor for different settings of a small vocabulary.

The first line of tokenizers.jsonl is what all folders share; each further one is a case: its own files as their texts (of a
tokenizer.json the members that differ), and the ids of TEXTS with truncation=True. Besides what AutoTokenizer reads from
them, the processor hands on the max_length that a tokenizer was saved with. Random cases in which transformers
fails are skipped."""
import json
import os
import random
import shutil
import tempfile

START, END = "<|startoftext|>", "<|endoftext|>"
SEED = 20261127
VOCAB = {"a": 0, "b": 1, "c": 2, "!": 3, "a</w>": 4, "b</w>": 5, "c</w>": 6, "!</w>": 7, "<": 8, "|": 9, ">": 10,
         "</w>": 11, ">\u003c/w>": 12, "|\u003c/w>": 13, "ab": 14, "abc</w>": 15, "<\u003c/w>": 16, START: 17, END: 18}
MERGES = ["a b", "ab c</w>"]
TEXTS = ["", "abc a", "a<|endoftext|>b<|STARTOFTEXT|>", "a b c a b c a b c a b c", "cab <a> abc!c!", "<B> <b> ! <pad>"]
CONTENTS = [START, END, "!", "c!", "<a>", "<B>", "abc", "<pad>", "c</w>"]


def tokenizer_json():
    steps = [{"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]
    pattern = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [_added(VOCAB[START], START), _added(VOCAB[END], END)],
        "normalizer": {"type": "Sequence", "normalizers": steps},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]},
        "post_processor": {"type": "RobertaProcessing", "sep": [END, VOCAB[END]], "cls": [START, VOCAB[START]],
                           "trim_offsets": False, "add_prefix_space": False},
        "decoder": None,
        "model": {"type": "BPE", "dropout": None, "unk_token": END, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "</w>", "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": VOCAB, "merges": [merge.split(" ") for merge in MERGES]},
    }


def _added(i, content, **flags):
    return dict(dict(id=i, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True),
                **flags)


def _token(content, **flags):
    return dict({"__type": "AddedToken", "content": content, "lstrip": False, "rstrip": False, "single_word": False},
                **flags)


def _template(start, end):
    piece = {"Sequence": {"id": "A", "type_id": 0}}
    ends = [{"SpecialToken": {"id": name, "type_id": 0}} for name in ("s", "e")]
    return {"type": "TemplateProcessing", "single": [ends[0], piece, ends[1]], "pair": [piece, piece],
            "special_tokens": {"s": {"id": "s", "ids": [start], "tokens": ["s"]},
                               "e": {"id": "e", "ids": [end], "tokens": ["e"]}}}


def chosen():
    """(about, files): a file is an object, None the shared vocabulary alone."""
    whole = tokenizer_json()
    swapped = tokenizer_json()
    swapped["model"]["vocab"] = dict(VOCAB, **{"a</w>": 5, "b</w>": 4})
    yield "no settings", {}
    yield "tokenizer.json wins over vocab.json", {"tokenizer.json": swapped}
    for value in [2, 3, 5, 1, 0, None, 10 ** 30, 1e30, 100]:
        yield f"model_max_length {value}", {"tokenizer_config.json": {"model_max_length": value}}
    yield "max_len, the older name", {"tokenizer_config.json": {"max_len": 4}}
    yield "model_max_length before max_len", {"tokenizer_config.json": {"max_len": 4, "model_max_length": 6}}
    yield "texts lose their beginning", {"tokenizer_config.json": {"truncation_side": "left", "model_max_length": 5}}
    left = dict(whole, truncation=dict(direction="Left", max_length=3, strategy="LongestFirst", stride=0))
    for config in [{}, {"model_max_length": 6}, {"max_length": 4}, {"max_length": None, "model_max_length": 6}]:
        yield f"a truncation and {config}", {"tokenizer.json": left, "tokenizer_config.json": config}
    fill = dict(strategy={"Fixed": 5}, direction="Right", pad_to_multiple_of=None, pad_id=18, pad_type_id=0, pad_token=END)
    yield "filled up to a length", {"tokenizer.json": dict(whole, padding=fill)}
    yield "truncation before padding", {"tokenizer.json": dict(left, padding=fill)}
    for value in [2, 4, 1, 0, 100]:
        yield f"max_length {value}", {"tokenizer_config.json": {"max_length": value, "model_max_length": 6}}
    for name in ["CLIPTokenizer", "CLIPTokenizerFast", None, "PreTrainedTokenizerFast", "TokenizersBackend"]:
        yield f"class {name}", {"tokenizer.json": whole, "tokenizer_config.json": {"tokenizer_class": name}}
    roberta = dict(whole, post_processor=dict(whole["post_processor"], cls=["x", 3], sep=["y", 2]))
    template = dict(whole, post_processor=_template(4, 5))
    for name in ["CLIPTokenizer", "PreTrainedTokenizerFast"]:
        config = {"tokenizer_class": name}
        yield f"ends of the post_processor, {name}", {"tokenizer.json": roberta, "tokenizer_config.json": config}
        yield f"ends of a template, {name}", {"tokenizer.json": template, "tokenizer_config.json": config}
        gap = dict(whole, added_tokens=[*whole["added_tokens"], _added(40, "<pad>"), _added(30, "<a>")])
        yield f"ids of added tokens do not count, {name}", {"tokenizer.json": gap, "tokenizer_config.json": config}
        padding = dict(whole, padding=dict(strategy="BatchLongest", direction="Left", pad_to_multiple_of=None, pad_id=0,
                                           pad_type_id=0, pad_token="!"))
        yield f"the token of a padding, {name}", {"tokenizer.json": padding, "tokenizer_config.json": config}
    yield "ByteLevel alone splits (before 4.17)", {"tokenizer.json": dict(
        whole, pre_tokenizer=whole["pre_tokenizer"]["pretokenizers"][1])}
    for processor in [None, {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]:
        yield "CLIPTokenizer has ends of its own", {"tokenizer.json": dict(whole, post_processor=processor)}
    yield "keys that change nothing", {"tokenizer_config.json": {
        "do_lower_case": False, "add_prefix_space": True, "errors": "strict", "clean_up_tokenization_spaces": True,
        "add_bos_token": False, "add_eos_token": False, "padding_side": "left", "fast_tokenizer_files": ["tokenizer.json"]}}
    yield "a null in the map hides the config's", {"tokenizer_config.json": {"pad_token": "!"},
                                                   "special_tokens_map.json": {"pad_token": None}}
    yield "other *_token keys", {"tokenizer_config.json": {"image_token": "c!", "video_token": {"content": "abc"}}}
    yield "and as objects", {"tokenizer_config.json": {"image_token": _token("c!", normalized=True)}}
    yield "extra_special_tokens as an object", {"tokenizer_config.json": {"extra_special_tokens": {"x": "<a>"}}}
    yield "the old list beside the new one", {"tokenizer_config.json": {
        "extra_special_tokens": ["<a>"], "additional_special_tokens": ["c!"]}}
    yield "the old list beside an object", {"tokenizer_config.json": {
        "extra_special_tokens": {"x": "<a>"}, "additional_special_tokens": ["c!"]}}
    yield "lists of the map", {"tokenizer_config.json": {"extra_special_tokens": ["<a>"]},
                               "special_tokens_map.json": {"extra_special_tokens": ["c!"]}}
    yield "an object in the map takes the place of a list", {
        "tokenizer_config.json": {"extra_special_tokens": ["<a>"]},
        "special_tokens_map.json": {"extra_special_tokens": {"x": "c!"}, "additional_special_tokens": ["<pad>"]}}
    yield "an end that is a word", {"tokenizer_config.json": {"eos_token": "c</w>"}}
    yield "an end that the vocabulary lacks", {"tokenizer_config.json": {"eos_token": "<a>"}}


def _drawn(rng):
    def token(objects=True):
        content = rng.choice(CONTENTS)
        if not objects or rng.random() < 0.55:
            return content
        flags = {key: rng.random() < 0.5 for key in ("rstrip", "normalized", "special") if rng.random() < 0.6}
        return _token(content, **flags)

    def named(in_map):
        out = {}
        for key in ["bos_token", "eos_token", "unk_token", "pad_token", "mask_token", "image_token"]:
            if rng.random() < 0.35:
                out[key] = token(not in_map)
        for key in ["extra_special_tokens", "additional_special_tokens"]:
            if rng.random() < 0.25:
                out[key] = [token(not in_map) for _ in range(rng.randint(0, 2))]
        return out

    files = {}
    if rng.random() < 0.6:
        whole = tokenizer_json()
        more = rng.sample(CONTENTS, rng.randint(0, 3))
        whole["added_tokens"] += [_added(19 + i, content, normalized=rng.random() < 0.5, special=rng.random() < 0.6)
                                  for i, content in enumerate(more)]
        files["tokenizer.json"] = whole
    if rng.random() < 0.85:
        files["tokenizer_config.json"] = dict(named(False), model_max_length=rng.choice([6, 8, 77, 10 ** 30]))
        if "tokenizer.json" in files and rng.random() < 0.4:
            files["tokenizer_config.json"]["tokenizer_class"] = "PreTrainedTokenizerFast"
        if rng.random() < 0.3:
            files["tokenizer_config.json"]["added_tokens_decoder"] = {
                str(i): {k: v for k, v in _added(i, rng.choice(CONTENTS), normalized=rng.random() < 0.5).items() if k != "id"}
                for i in rng.sample(range(17, 24), rng.randint(0, 3))}
    if rng.random() < 0.4:
        files["special_tokens_map.json"] = named(True)
    if rng.random() < 0.25:
        files["added_tokens.json"] = {content: 30 + i for i, content in enumerate(rng.sample(CONTENTS, 2))}
    return files


def ids_of(files, folder):
    from transformers import AutoTokenizer

    for name, value in {"config.json": {"model_type": "clip", "text_config": {}}, "vocab.json": VOCAB, **files}.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(value, file)
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8") as file:
        file.write("#version: 0.2\n" + "\n".join(MERGES) + "\n")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    saved = tokenizer.init_kwargs.get("max_length")
    return [tokenizer([text], truncation=True, max_length=saved)["input_ids"][0] for text in TEXTS]


def write(out):
    import tokenizers
    import transformers

    rng = random.Random(SEED)
    cases = [*chosen(), *((f"drawn {i}", _drawn(rng)) for i in range(60))]
    with open(out / "tokenizers.jsonl", "w", encoding="utf-8") as lines:
        whole = tokenizer_json()
        shared = {"vocab.json": json.dumps(VOCAB), "merges.txt": "#version: 0.2\n" + "\n".join(MERGES) + "\n",
                  "tokenizer.json": {key: json.dumps(value) for key, value in whole.items()}, "texts": TEXTS}
        lines.write(json.dumps(shared) + "\n")
        for about, files in cases:
            folder = tempfile.mkdtemp()
            try:
                ids = ids_of(files, folder)
            except Exception as error:  # if transformers cannot read it, there are no ids to compare with
                assert about.startswith("drawn"), (about, error)
                continue
            finally:
                shutil.rmtree(folder)
            case = {"about": about, "ids": ids}
            for name, value in files.items():
                case[name] = json.dumps(value)
            if "tokenizer.json" in files:
                case["tokenizer.json"] = {key: json.dumps(value) for key, value in files["tokenizer.json"].items()
                                          if whole[key] != value}
            lines.write(json.dumps(case) + "\n")
    (out / "tokenizers_versions.json").write_text(json.dumps({
        "script": "scripts/golden/tokenizer_folders.py", "seed": SEED, "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__}, indent=1) + "\n")
