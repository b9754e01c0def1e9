#!/usr/bin/env python3
"""Makes everything under data/golden again from the references.

Needs Python with torch 2.13, transformers 5.23, tokenizers 0.23, Pillow 13.0.0, numpy, regex and safetensors; for keras,
gguf and openclip also what scripts/golden/{keras_files,gguf_nano,openclip_nano}.py name, each best in an environment of
its own (open_clip's torchvision must fit the torch). The tests themselves need none of them. Without a part named:
image, text and model. Usage: scripts/make_golden.py [image|codecs|text|model|processors|pytorch|keras|gguf|openclip]
Each part writes a versions.json with the versions and seeds it used.
"""
import importlib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = {"image": "images", "text": "texts", "model": "models", "pytorch": "pytorch", "keras": "keras_files",
         "codecs": "coded_images", "gguf": "gguf_nano", "openclip": "openclip_nano", "processors": "processors"}
# where it is not the part's own name
FOLDERS = {"codecs": "image_codecs", **{part: "weights" for part in ("pytorch", "keras", "gguf", "openclip")}}


def main():
    sys.path.insert(0, str(ROOT / "scripts" / "golden"))
    wanted = sys.argv[1:] or ["image", "text", "model"]
    for part in wanted:
        if part not in PARTS:
            sys.exit(f"make_golden.py: unknown part '{part}', expected one of {', '.join(PARTS)}")
        out = ROOT / "data" / "golden" / FOLDERS.get(part, part)
        out.mkdir(parents=True, exist_ok=True)
        importlib.import_module(PARTS[part]).write(out)
        print(f"{part}: {sum(p.stat().st_size for p in out.rglob('*') if p.is_file()):,} bytes")


if __name__ == "__main__":
    main()
