# SPDX-License-Identifier: Apache-2.0
"""Nano SigLIP models with tokenizers, and what transformers' processor and model (fp32, eager) make of captions.

write(out_dir) writes, under out_dir:
  <name>/       the model as on the hub, with the tokenizer of a folder of data/golden/text/pipelines
  <name>/expected/   captions (a line each), ids (padded), embeddings and the number of ids without padding
  versions.json      versions and seeds

siglip_words has SiglipTokenizer (pads with its end token); siglip2_words has GemmaTokenizer as the files of SigLIP 2,
whose pad token is not the one that the config names. Needs torch, transformers, sentencepiece, Pillow, numpy,
safetensors; data/golden/text must be complete.
"""
import importlib.metadata
import json
import pathlib
import shutil
import tempfile

import numpy as np

import models
import siglip_nano

SPECS = [
    dict(name="siglip_words", seed=211, tokenizer="siglip"),
    dict(name="siglip2_words", seed=212, tokenizer="gemma"),
]
POSITIONS = 16
SHARED = dict(image=(16, 8), vision=(16, 2, 1, 24), text=(16, 2, 2, 24), positions=POSITIONS, logit=(2.3, -1.7),
              resample=3, convert=True)
CAPTIONS = ["a photo of a cat", "A photo of a Dog!", "two cats, on a sofa", "x", "ΟΔΟΣ in Αθήνα", "日本語 の 文",
            "a very long caption that goes on and on and on, until it has far more tokens than there are positions",
            "e\u0301 caf\u00e9 \ufb01sh", "  spaces   between  words ", "a_b 100% \U0001f600"]
FILES = ("spiece.model", "tokenizer.json")


def write(out_dir):
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for spec in SPECS:
        _write_model({**SHARED, **spec}, root)
    packages = ("torch", "transformers", "tokenizers", "sentencepiece", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/siglip_words.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seeds": {spec["name"]: spec["seed"] for spec in SPECS},
    })


def _write_model(spec, root):
    import torch
    from transformers import AutoTokenizer, SiglipModel

    source = pathlib.Path(__file__).resolve().parents[2] / "data/golden/text/pipelines" / spec["tokenizer"]
    settings = json.loads((source / "tokenizer_config.json").read_text())
    settings["model_max_length"] = POSITIONS
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch) / spec["name"]
        work.mkdir()
        _add_tokenizer(source, settings, work)
        models._write_json(work / "config.json", {"model_type": "siglip"})
        spec["vocabulary"] = len(AutoTokenizer.from_pretrained(work))
        (pathlib.Path(scratch) / "model").mkdir()
        siglip_nano._write_model(spec, pathlib.Path(scratch) / "model")
        shutil.copytree(pathlib.Path(scratch) / "model" / spec["name"], root / spec["name"])
    folder, target = root / spec["name"], root / spec["name"] / "expected"
    _add_tokenizer(source, settings, folder)
    target.mkdir()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = SiglipModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    ids = tokenizer(CAPTIONS, padding="max_length", truncation=True, max_length=POSITIONS)["input_ids"]
    with torch.no_grad():
        rows = model.get_text_features(input_ids=torch.tensor(ids))
    rows = getattr(rows, "pooler_output", rows)
    rows = rows / rows.norm(dim=-1, keepdim=True)
    np.save(target / "text_embeds.npy", rows.numpy().astype("<f4"), allow_pickle=False)
    np.save(target / "input_ids.npy", np.array(ids, "<i4"), allow_pickle=False)
    lengths = [len(tokenizer(text, truncation=True, max_length=POSITIONS)["input_ids"]) for text in CAPTIONS]
    models._write_json(target / "lengths.json", lengths)
    (target / "captions.txt").write_text("".join(text + "\n" for text in CAPTIONS), encoding="utf-8")


def _add_tokenizer(source, settings, target):
    for name in FILES:
        if (source / name).exists():
            shutil.copy(source / name, target)
    models._write_json(target / "tokenizer_config.json", settings)
