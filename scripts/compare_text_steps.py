#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the normalisers and pre-tokenisers with those of tokenizers, sentencepiece and transformers on random texts.

Usage: scripts/compare_text_steps.py TEXT_STEPS [TEXTS [SEED]]     (default: 20000 texts)
TEXT_STEPS is the program of scripts/text_steps.cpp, which is built with the tests. Needs the packages of
scripts/golden/text_steps.py. Prints the number of texts with different results for each step; the exit status is 1 if there
are any.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "golden"))
import text_steps  # noqa: E402


def program_results(program, kind, spec, inputs):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(spec, file)
        file.flush()
        lines = "".join(json.dumps(text) + "\n" for text in inputs)
        done = subprocess.run([program, kind, file.name], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    inputs = text_steps.texts(count, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    encoded = text_steps.maps()
    steps = text_steps.steps(list(encoded))
    total = 0
    for kind, spec in steps:
        step = text_steps.reference(kind, text_steps.with_maps(spec, encoded))
        expected = [step(text) for text in inputs]
        found = program_results(sys.argv[1], kind, text_steps.with_maps(spec, encoded), inputs)
        different = [i for i in range(count) if expected[i] != found[i]]
        total += len(different)
        print(f"{len(different):6} {kind} {json.dumps(spec, ensure_ascii=False)}", flush=True)
        for i in different[:3]:
            print(f"       {inputs[i]!a}\n         reference {expected[i]!a}\n         program   {found[i]!a}")
    print(f"{total} of {len(steps) * count} results differ")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
