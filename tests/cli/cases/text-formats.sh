# SPDX-License-Identifier: Apache-2.0
sightline embed-text 'a dog' 'say "hi", you' >out.jsonl
sightline embed-text 'a dog' 'say "hi", you' -f json >out.json
sightline embed-text 'a dog' 'say "hi", you' -o out.csv
sightline embed-text 'a dog' 'say "hi", you' -o out.tsv
python3 - <<'P'
import csv, json
objects = [json.loads(line) for line in open("out.jsonl")]
assert objects == json.load(open("out.json"))
print([list(o) for o in objects], [len(o["embedding"]) for o in objects])
rows = [row for row in csv.reader(open("out.csv", newline="")) if row[0] != "text"]
assert [row[0] for row in rows] == [o["text"] for o in objects]
assert [[float(x) for x in row[1:]] for row in rows] == [o["embedding"] for o in objects]
lines = [line.split("\t") for line in open("out.tsv").read().split("\n")[:-1] if not line.startswith("text\t")]
assert [line[1:] for line in lines] == [row[1:] for row in rows]
P
