# SPDX-License-Identifier: Apache-2.0
# U+0085, U+2028 and U+2029 are escaped in JSON output, and read back correctly.
text=$(printf 'a\302\205b\342\200\250c\342\200\251d')
sightline embed-text "$text" -o out.npy --report report.jsonl
cat out.index.jsonl report.jsonl
sightline score -q --image-embeddings out.npy -c "$text" -f jsonl >score.jsonl
sightline score -q --image-embeddings out.npy -c "$text" -f json >score.json
sightline score -q --image-embeddings out.npy --text-embeddings out.npy -f tsv | tail -1 | cut -f 1,2
python3 - <<'P'
import json
text = "a\x85b\u2028c\u2029d"
assert json.loads(open("out.index.jsonl").readline())["text"] == text
for file in ("score.jsonl", "score.json", "out.index.jsonl", "report.jsonl"):
    content = open(file, encoding="utf-8").read()
    assert content.splitlines() == content.split("\n")[:-1], file
score = json.loads(open("score.jsonl").readline())
assert score["image"] == text and score["scores"][0]["caption"] == text
assert json.load(open("score.json"))[0]["image"] == text
P
