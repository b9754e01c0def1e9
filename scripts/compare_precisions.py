#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the precisions of a model with float32: the figures of docs/accuracy.md#precisions.

usage: compare_precisions.py PROGRAM MODEL IMAGES CAPTIONS

IMAGES is a folder, CAPTIONS a file with one caption per line. For each --dtype it prints the lowest cosine of an
embedding with that of float32, the largest difference of a logit, and how many images have another best caption and
how many another order of all captions.
"""
import json
import math
import subprocess
import sys


def lines(program, *arguments):
    out = subprocess.run([program, *arguments, '-q'], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def embeddings(program, model, images, captions, dtype):
    options = ['-m', model, '--dtype', dtype, '-f', 'jsonl']
    rows = (lines(program, 'embed-image', images, *options),
            lines(program, 'embed-text', '--captions', captions, *options))
    return [[row['embedding'] for row in side] for side in rows]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def logits(sides, scale):
    return [[scale * dot(image, text) for text in sides[1]] for image in sides[0]]


def order(row):
    return sorted(range(len(row)), key=lambda i: -row[i])


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    program, model, images, captions = sys.argv[1:]
    exact = embeddings(program, model, images, captions, 'f32')
    first = lines(program, 'score', images, '-m', model, '--captions', captions, '-f', 'jsonl', '--top', '1')[0]
    scale = first['scores'][0]['logit'] / first['scores'][0]['cosine']
    expected = logits(exact, scale)
    print(f'{len(exact[0])} images, {len(exact[1])} captions, logit scale {scale:.1f}')
    print('| precision | cosine of images | cosine of captions | logit difference | other best caption | other order |')
    print('|---|---|---|---|---|---|')
    for dtype in ('f16', 'bf16', 'int8'):
        sides = embeddings(program, model, images, captions, dtype)
        cosines = [min(dot(a, b) / math.sqrt(dot(a, a) * dot(b, b)) for a, b in zip(*pair))
                   for pair in zip(exact, sides)]
        rows = logits(sides, scale)
        difference = max(abs(a - b) for pair in zip(expected, rows) for a, b in zip(*pair))
        best = sum(order(a)[0] != order(b)[0] for a, b in zip(expected, rows))
        other = sum(order(a) != order(b) for a, b in zip(expected, rows))
        print(f'| {dtype} | {cosines[0]:.6f} | {cosines[1]:.6f} | {difference:.4f} | {best} | {other} |')


if __name__ == '__main__':
    main()
