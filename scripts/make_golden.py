#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Regenerates everything under data/golden from the references.

Needs Python with torch 2.13, transformers 5.24, tokenizers 0.23, Pillow 13.0.0, numpy, regex, ftfy 6.3.1 and
safetensors. The parts codecs, raster, torchvision, steps, pipelines, keras, layers, keras_clip, keras_int8, gguf,
openclip, openclip_eva and sentence_modules also need the packages listed in their scripts in scripts/golden, preferably in a separate environment each
(torchvision must match torch). The tests themselves need none of these packages.

Usage: scripts/make_golden.py [PART...]     (default: image, text and model; an unknown part prints the list)
Each part writes a versions.json with the versions and seeds that it used.
"""
import importlib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# part: (script in scripts/golden, folder in data/golden)
PARTS = {
    "image": ("images", "image"),
    "codecs": ("coded_images", "image_codecs"),
    "raster": ("rasters", "image_raster"),
    "torchvision": ("torchvision_pixels", "image_torchvision"),
    "text": ("texts", "text"),
    "tokenizers": ("tokenizer_folders", "text"),
    "steps": ("text_steps", "text"),
    "pipelines": ("text_pipelines", "text"),
    "model": ("models", "model"),
    "processors": ("processors", "processors"),
    "one_tower": ("one_tower", "one_tower"),
    "pairs": ("pairs", "pairs"),
    "published": ("published", "processors"),
    "pytorch": ("pytorch", "weights"),
    "odd": ("odd_checkpoints", "weights"),
    "keras": ("keras_files", "weights"),
    "layers": ("keras_layers", "keras"),
    "keras_clip": ("keras_clip", "keras"),
    "keras_int8": ("keras_int8", "keras"),
    "gguf": ("gguf_nano", "weights"),
    "openclip": ("openclip_nano", "weights"),
    "metaclip2": ("metaclip2_nano", "metaclip2"),
    "openclip_eva": ("openclip_eva", "openclip_eva"),
    "openclip_towers": ("openclip_towers", "openclip_towers"),
    "siglip": ("siglip_nano", "siglip"),
    "siglip_words": ("siglip_words", "siglip_words"),
    "naflex": ("naflex_nano", "naflex"),
    "bert_towers": ("bert_towers", "bert_towers"),
    "openclip_bert": ("openclip_bert", "openclip_bert"),
    "sentence_modules": ("sentence_modules", "sentence_modules"),
}


def main():
    sys.path.insert(0, str(ROOT / "scripts" / "golden"))
    wanted = sys.argv[1:] or ["image", "text", "model"]
    for part in wanted:
        if part not in PARTS:
            sys.exit(f"make_golden.py: unknown part '{part}', expected one of {', '.join(PARTS)}")
        script, folder = PARTS[part]
        out = ROOT / "data" / "golden" / folder
        out.mkdir(parents=True, exist_ok=True)
        importlib.import_module(script).write(out)
        print(f"{part}: {sum(p.stat().st_size for p in out.rglob('*') if p.is_file()):,} bytes")


if __name__ == "__main__":
    main()
