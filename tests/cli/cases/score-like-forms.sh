# SPDX-License-Identifier: Apache-2.0
# In every output format, a query appears instead of a caption: captions come first, with a common index.
copy_images
odd=$(printf 'q\377.png')
cp photos/grey.png "$odd"
queries=(--like "$odd" -c 'a dog' --like photos/tall.png -c word)
sightline score photos "${queries[@]}" -f jsonl --top 1 >out
sed 's/"scores".*//' out
sightline score photos "${queries[@]}" -f json --top 1 | sed '1d;$d;s/,$//' | cmp - out
sightline score photos "${queries[@]}" -f tsv --top 1 | cut -f 2 | tail -n +2 | od -An -c | tr -s ' '
sightline score photos "${queries[@]}" -f csv --by caption >by-caption
sightline score photos "${queries[@]}" -f csv | cmp - by-caption
sightline score photos "${queries[@]}" --top 1 | sed 's/ [-0-9.]*  / COSINE /'
sightline score photos "${queries[@]}" --values probability -o p.npy
sightline score photos "${queries[@]}" --values cosine -o c.npy
sightline score photos -c 'a dog' -c word --values cosine -o captions.npy
sightline embed-text 'a dog' word -o texts.npy
sightline score photos --text-embeddings texts.npy --like "$odd" --like photos/tall.png -f jsonl --top 1 | cmp - out
sightline score photos --like photos/grey.png -f jsonl --threshold 1 >low
sightline score photos --like - -f jsonl <photos/grey.png | cut -c 1-20
python3 - <<'P'
import json, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
def floats(path):
    return [npy.floats(kind, row) for _, kind, rows in [npy.read(path)] for row in rows]
cosines, probabilities, captions = floats("c.npy"), floats("p.npy"), floats("captions.npy")
assert [row[:2] for row in cosines] == captions  # a caption's scores are what they are without --like
assert all(abs(sum(column) - 1) < 1e-6 for column in zip(*probabilities))  # over images
scale = None
for line in map(json.loads, open("out")):  # one scale for captions and images
    ratio = line["scores"][0]["logit"] / line["scores"][0]["cosine"]
    scale = scale or ratio
    assert abs(ratio / scale - 1) < 1e-5, (ratio, scale)
assert all(s["cosine"] >= 1 for s in json.load(open("low"))["scores"])
P
