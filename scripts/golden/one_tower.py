# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of one tower, as transformers saves them, and the embeddings of its classes (fp32, eager).

write(out_dir) writes, under out_dir:
  <name>/             a tower of a nano model of data/golden, saved by save_pretrained, and its preprocessing or tokenizer
  stable_diffusion/   the folders text_encoder and tokenizer of a pipeline: an older file, whose names have the prefix of
                      the tower and which has an int64 buffer
  expected/           <name>.npy: normalised embeddings of the images or captions of data/golden/model; siglip_text: of
                      those of data/golden/siglip_words, altclip_text: of those of data/golden/bert_towers
  versions.json       versions

Needs torch, transformers, tokenizers, sentencepiece, Pillow, numpy, safetensors; data/golden/model, siglip,
siglip_words and bert_towers must be complete.
"""
import importlib.metadata
import pathlib
import shutil

import numpy as np

import models

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "data/golden"
TOKENIZER = ("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "spiece.model",
             "tokenizer.json")
# The class, the model whose tower it is, and what is embedded.
SPECS = [
    ("clip_text_projected", "CLIPTextModelWithProjection", "model/nano_layers1", "captions"),
    ("clip_text", "CLIPTextModel", "model/nano_layers1", "captions"),
    ("clip_vision_projected", "CLIPVisionModelWithProjection", "model/nano_gelu", "images"),
    ("clip_vision", "CLIPVisionModel", "model/nano_gelu", "images"),
    ("siglip_text", "SiglipTextModel", "siglip_words/siglip_words", "words"),
    ("siglip_vision", "SiglipVisionModel", "siglip/siglip_nano", "images"),
    ("altclip_text", "AltCLIPTextModel", "bert_towers/altclip", "masked"),
]


def write(out_dir):
    import torch

    torch.set_num_threads(1)
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    (root / "expected").mkdir(parents=True)
    for name, kind, source, inputs in SPECS:
        _write_tower(root, name, kind, SOURCE / source, inputs)
    _write_pipeline(root)
    packages = ("torch", "transformers", "tokenizers", "sentencepiece", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/one_tower.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
    })


def _write_tower(root, name, kind, source, inputs):
    import torch
    import transformers
    from PIL import Image, ImageOps

    model = getattr(transformers, kind).from_pretrained(source, attn_implementation="eager").eval()
    # What was not loaded from a file is saved under the module's own names, without the prefix of the tower.
    fresh = type(model)(model.config)
    fresh.load_state_dict(model.state_dict())
    fresh.save_pretrained(root / name)
    if inputs == "images":
        shutil.copy(source / "preprocessor_config.json", root / name)
        processor = transformers.AutoImageProcessor.from_pretrained(root / name, backend="pil")
        pictures = [ImageOps.exif_transpose(Image.open(SOURCE / "model/images" / image)) for image in models.PICTURES]
        batch = dict(pixel_values=processor(images=pictures, return_tensors="pt")["pixel_values"].to(torch.float32))
    else:
        for file in TOKENIZER:
            if (source / file).exists():
                shutil.copy(source / file, root / name)
        lines = {"words": source / "expected/captions.txt", "captions": SOURCE / "model/captions.txt",
                 "masked": source.parent / "expected" / source.name / "captions.txt"}[inputs]
        tokenizer = transformers.AutoTokenizer.from_pretrained(source)
        length = tokenizer.model_max_length if inputs == "masked" else model.config.max_position_embeddings
        ids = tokenizer(lines.read_text(encoding="utf-8").split("\n")[:-1], padding="max_length", truncation=True,
                        max_length=length, return_tensors="pt")
        batch = dict(ids) if inputs == "masked" else dict(input_ids=ids["input_ids"])
    with torch.no_grad():
        out = model(**batch)
    rows = next(out[key] for key in ("text_embeds", "image_embeds", "pooler_output") if key in out)
    rows = rows / rows.norm(dim=-1, keepdim=True)
    np.save(root / "expected" / (name + ".npy"), rows.numpy().astype("<f4"), allow_pickle=False)


def _write_pipeline(root):
    import torch
    from safetensors.torch import load_file, save_file

    folder = root / "stable_diffusion"
    for part in ("text_encoder", "tokenizer"):
        (folder / part).mkdir(parents=True)
    weights = {"text_model." + name: tensor for name, tensor in load_file(root / "clip_text/model.safetensors").items()}
    positions = len(weights["text_model.embeddings.position_embedding.weight"])
    weights["text_model.embeddings.position_ids"] = torch.arange(positions).unsqueeze(0)
    save_file(weights, folder / "text_encoder/model.safetensors", metadata={"format": "pt"})
    shutil.copy(root / "clip_text/config.json", folder / "text_encoder")
    for file in TOKENIZER:
        if (root / "clip_text" / file).exists():
            shutil.move(root / "clip_text" / file, folder / "tokenizer")
    models._write_json(folder / "model_index.json", {
        "_class_name": "StableDiffusionPipeline", "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"]})
