# SPDX-License-Identifier: Apache-2.0
"""A nano model of sentence-transformers like clip-ViT-B-32-multilingual-v1, with random weights, and what
sentence-transformers (fp32, eager) makes of captions.

write(out_dir) writes, under out_dir:
  multilingual/  modules.json, a DistilBERT with a cased vocabulary at the top, 1_Pooling and 2_Dense, with the configs
                 that files on the hub have (of version 2)
  expected/      captions (a line each), ids (padded), their numbers, normalised embeddings
  versions.json  versions, seed and the noise of the reference's float32

Needs torch, transformers, tokenizers, numpy, safetensors, sentence-transformers and its scikit-learn and scipy.
"""
import importlib.metadata
import json
import pathlib
import shutil

import numpy as np

import models
import nano_models

SEED, WIDTH, MAX_LENGTH = 241, 16, 18
LONG = "a very long caption that goes on and on and on, until it has far more tokens than a text may have"
CAPTIONS = ["a photo of a cat", "A photo of a Cat!", "zwei H\u00fcnde auf dem Sofa", "caf\u00e9 e\u0301 100%", "\u4e00\u53ea\u732b",
            "\u65e5\u672c\u8a9e \u306e \u6587", "\u039f\u0394\u039f\u03a3", "x", "", "  spaces\tand\ttabs ", LONG,
            "[SEP] in the middle", "a [PAD] is not padding", "\U0001f600 unknown"]
PREFIX = "sentence_transformers.models."


def write(out_dir):
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    folder, target = root / "multilingual", root / "expected"
    target.mkdir(parents=True)
    _write_model(folder)
    model = SentenceTransformer(str(folder), device="cpu", model_kwargs={"attn_implementation": "eager"}).eval()
    assert model.max_seq_length == MAX_LENGTH
    batch = model.tokenizer(CAPTIONS, padding=True, truncation=True, return_tensors="pt")
    np.save(target / "input_ids.npy", batch["input_ids"].numpy().astype("<i4"))
    np.save(target / "lengths.npy", batch["attention_mask"].sum(1).numpy().astype("<i4"))
    (target / "captions.txt").write_text("".join(text + "\n" for text in CAPTIONS), encoding="utf-8")
    embeddings = model.encode(CAPTIONS, normalize_embeddings=True)
    exact = model.double().encode(CAPTIONS, normalize_embeddings=True)
    assert exact.dtype == np.float64
    np.save(target / "text_embeds.npy", embeddings.astype("<f4"))
    packages = ("torch", "transformers", "tokenizers", "numpy", "safetensors", "sentence-transformers")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/sentence_modules.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seed": SEED,
        "largest_difference_to_float64": float(f"{np.abs(embeddings - exact).max():.2g}"),
    })


def _write_model(folder):
    import torch
    from safetensors.torch import save_file
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel

    folder.mkdir()
    vocabulary = _write_tokenizer(folder)
    config = {
        "activation": "gelu", "architectures": ["DistilBertModel"], "dim": WIDTH, "hidden_dim": 36,
        "max_position_embeddings": MAX_LENGTH + 6, "model_type": "distilbert", "n_heads": 2, "n_layers": 2, "pad_token_id": 0,
        "sinusoidal_pos_embds": False, "tie_weights_": True, "vocab_size": vocabulary}
    models._write_json(folder / "config.json", config)
    random = np.random.RandomState(SEED)
    weights = {}
    for name, tensor in sorted(DistilBertModel(DistilBertConfig(**config)).state_dict().items()):
        kind = name.replace("LayerNorm", "norm").replace("q_lin", "q_proj").replace("k_lin", "k_proj")
        weights[name] = _tensor(nano_models._values(kind, tuple(tensor.shape), random))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Dense", "Dense")]
    models._write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": PREFIX + name} for i, (path, name) in enumerate(modules)])
    models._write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_LENGTH, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    models._write_json(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": WIDTH, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    (folder / "2_Dense").mkdir()
    models._write_json(folder / "2_Dense/config.json", {
        "in_features": WIDTH, "out_features": 20, "bias": False,
        "activation_function": "torch.nn.modules.linear.Identity"})
    torch.save({"linear.weight": _tensor(random.standard_normal((20, WIDTH)) / np.sqrt(WIDTH))},
               folder / "2_Dense/pytorch_model.bin")
    AutoTokenizer.from_pretrained(folder)  # that it can be read


def _tensor(values):
    import torch
    return torch.tensor(np.asarray(values), dtype=torch.float32).contiguous()


def _write_tokenizer(folder):
    """Characters, beginnings and ends of the words of the captions: vocab.txt, and tokenizer.json made from it."""
    from tokenizers import normalizers, pre_tokenizers
    from transformers import BertTokenizer

    words = set()
    for text in CAPTIONS:
        if "[" not in text and "\U0001f600" not in text:
            text = normalizers.BertNormalizer(lowercase=False).normalize_str(text)
            words.update(word for word, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(text))
    pieces = {character for word in words for character in word} | {word[:3] for word in words}
    pieces |= {"##" + character for word in words for character in word[1:]}
    pieces |= {"##" + word[-2:] for word in words if len(word) > 3}
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + sorted(pieces)
    BertTokenizer({piece: i for i, piece in enumerate(vocabulary)}, do_lower_case=False).save_pretrained(folder)
    (folder / "vocab.txt").write_text("".join(piece + "\n" for piece in vocabulary), encoding="utf-8")
    models._write_json(folder / "tokenizer_config.json", {
        "do_lower_case": False, "model_max_length": 512, "strip_accents": None, "tokenize_chinese_chars": True,
        "tokenizer_class": "DistilBertTokenizer"})
    document = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    (folder / "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")),
                                           encoding="utf-8")
    return len(vocabulary)
