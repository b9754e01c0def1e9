# SPDX-License-Identifier: Apache-2.0
# Captions of every kind give the values of the reference; the index contains tokens and truncation.
sightline embed-text --captions "$MODELS/captions.txt" -o out.npy
npy show out.npy
npy close out.npy "$MODELS/expected/nano_quick_gelu/text_embeds.npy" 3e-6
python3 - <<'P'
import json, os
lines = [json.loads(line) for line in open("out.index.jsonl")]
texts = open(os.environ["MODELS"] + "/captions.txt", newline="").read().split("\n")[:-1]
assert [line["text"] for line in lines] == texts
assert all(list(line) == ["row", "text", "tokens", "truncated", "status"] for line in lines)
for line in lines:
    print(line["row"], line["tokens"], line["truncated"], line["status"])
P
sightline embed-text --captions "$MODELS/captions.txt" -o raw.npy --no-normalize --no-index
npy close raw.npy "$MODELS/expected/nano_quick_gelu/text_features.npy" 2e-5
ls
