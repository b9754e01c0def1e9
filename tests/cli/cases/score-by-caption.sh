# SPDX-License-Identifier: Apache-2.0
copy_images
sightline score photos -c 'a dog' -c word --by caption -f jsonl >out
python3 - <<'P'
import json
lines = [json.loads(line) for line in open("out")]
assert [(line["caption"], line["index"]) for line in lines] == [("a dog", 0), ("word", 1)]
for line in lines:
    assert list(line) == ["caption", "index", "scores"], list(line)
    scores = line["scores"]
    assert list(scores[0]) == ["image", "index", "cosine", "logit", "probability"]
    assert sorted(s["index"] for s in scores) == [0, 1, 2, 3, 4, 5]
    assert [s["logit"] for s in scores] == sorted((s["logit"] for s in scores), reverse=True)
    assert abs(sum(s["probability"] for s in scores) - 1) < 1e-6
P
