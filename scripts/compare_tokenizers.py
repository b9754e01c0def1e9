#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the ids of 20,000 hard texts with transformers, for each kind of tokenizer other than CLIP's.

Trains a vocabulary of some thousand tokens for each kind (as scripts/golden/text_pipelines.py does for the goldens, but
with SentencePiece's whole nmt_nfkc map) and prints how many texts have other ids. Needs transformers 5.24, tokenizers 0.23.3,
sentencepiece 0.2.3, and build/tests/encode_texts.

Usage: scripts/compare_tokenizers.py [--program PATH] [--texts N] [--size N] [KIND...]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "golden"))
import text_pipelines  # noqa: E402


def compare(kind, folder, texts, program):
    """The texts whose ids differ: (text, ids of the reference, ids or error of the program)."""
    _, expected = text_pipelines.ids_of(folder, texts)
    (folder / "texts.json").write_text(json.dumps(texts, ensure_ascii=False))
    result = subprocess.run([program, str(folder), str(folder / "texts.json")], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{kind}: {result.stderr}")
    found = result.stdout.split("\n")[:-1]
    print(f"{kind}: " + result.stderr.replace("\n", "; "), end="")
    return [(t, e, f) for t, e, f in zip(texts, expected, found, strict=True) if f.split() != [str(i) for i in e]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build" / "tests" / "encode_texts"))
    parser.add_argument("--texts", type=int, default=20000)
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--folder", type=pathlib.Path, help="keep the tokenizers here")
    parser.add_argument("kinds", nargs="*", default=list(text_pipelines.KINDS))
    arguments = parser.parse_args()
    texts = text_pipelines.hard_texts(arguments.texts)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        root = arguments.folder or pathlib.Path(temporary)
        for kind in arguments.kinds or text_pipelines.KINDS:
            text_pipelines.make(kind, root / kind, arguments.size, True)
            different = compare(kind, root / kind, texts, arguments.program)
            print(f"{len(different)} of {len(texts)} differ", flush=True)
            for text, expected, found in different[:5]:
                print(f"  {text!r}\n    {expected}\n    {found}")
            failed += len(different)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
