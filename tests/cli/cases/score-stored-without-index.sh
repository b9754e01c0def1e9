# SPDX-License-Identifier: Apache-2.0
# Rows are named by their number; an all-zero row scores 0, never NaN.
npy write images.npy "[[$(python3 -c 'print(", ".join(["0"]*32))')], [$(python3 -c 'print(", ".join(["0.5"]*32))')]]"
sightline embed-text 'a dog' -o texts.npy --no-index
sightline score --image-embeddings images.npy --text-embeddings texts.npy -f jsonl >out
python3 - <<'P'
import json
lines = [json.loads(line) for line in open("out")]
print([line["image"] for line in lines], [line["scores"][0]["caption"] for line in lines])
print(lines[0]["scores"][0]["cosine"])
P
