# SPDX-License-Identifier: Apache-2.0
# Fixed order of keys; best first; logit = scale * cosine; probabilities sum to 1.
copy_images
sightline score photos -c 'a dog' -c 'a photo of a cat' -c word --format jsonl >out
python3 - <<'P'
import json, math
lines = [json.loads(line) for line in open("out")]
print([line["image"] for line in lines])
for line in lines:
    assert list(line) == ["image", "status", "scores"], list(line)
    scores = line["scores"]
    assert len(scores) == 3
    for score in scores:
        assert list(score) == ["caption", "index", "cosine", "logit", "probability"], list(score)
        assert ["a dog", "a photo of a cat", "word"][score["index"]] == score["caption"]
    assert [s["logit"] for s in scores] == sorted((s["logit"] for s in scores), reverse=True)
    assert abs(sum(s["probability"] for s in scores) - 1) < 1e-6
    exps = [math.exp(s["logit"] - scores[0]["logit"]) for s in scores]
    for score, e in zip(scores, exps):
        assert abs(score["probability"] - e / sum(exps)) < 1e-6
    ratios = [s["logit"] / s["cosine"] for s in scores]
    assert max(ratios) - min(ratios) < 1e-3 * abs(ratios[0])
P
