# SPDX-License-Identifier: Apache-2.0
# --pairs gives the CLIPScore that transformers' CLIPModel and the definition give, and the cosine bits of a cross
# product, regardless of threads, batches and the source of the pairs.
cd "$DATA/golden/pairs"
out=$OLDPWD
for model in nano_quick_gelu nano_gelu nano_ratio demo-model; do
  folder=$MODELS/$model
  [ $model != demo-model ] || folder=$DATA/demo-model
  sightline score -m "$folder" --pairs pairs.tsv -q --report "$out/$model.report" >"$out/$model.jsonl"
  sightline score -m "$folder" --pairs - -j 1 -b 1 -q <pairs.tsv | cmp - "$out/$model.jsonl"
  cat pairs.tsv | sightline score -m "$folder" --pairs - -q | cmp - "$out/$model.jsonl"
  sightline score -m "$folder" --pairs <(cat pairs.tsv) -q | cmp - "$out/$model.jsonl"
done
sightline score ../model/images/photo.jpg -c 'a photo of a cat' -f jsonl -q >"$out/one.jsonl"
cd "$out"
python3 - <<'P'
import json, os
golden = os.environ["DATA"] + "/golden/pairs/"
expected = json.load(open(golden + "expected.json"))
texts = [line.rstrip("\n").split("\t") for line in open(golden + "pairs.tsv", encoding="utf-8", newline="\n")]
meant = [(i, c.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n").replace("\0", "\\")) for i, c in texts]
assert len(expected) == 4
for model, scores in expected.items():
    pairs = [json.loads(line) for line in open(model + ".jsonl", encoding="utf-8")]
    assert [(p["image"], p["caption"]) for p in pairs] == meant and len(pairs) == len(scores) == 10
    for pair, score in zip(pairs, scores):
        assert list(pair)[:6] == ["image", "caption", "status", "cosine", "logit", "clipscore"], pair
        assert len(pair["caption"]) < 300 or pair["truncated"], pair
        for key in ("cosine", "clipscore"):
            assert abs(pair[key] - score[key]) < 1e-6 * (2.5 if key == "clipscore" else 1), (model, pair, score)
    *items, last = map(json.loads, open(model + ".report", encoding="utf-8"))
    assert [(p["index"], p["image"], p["caption"]) for p in items] == [(n, *pair) for n, pair in enumerate(meant)]
    mean = sum(p["clipscore"] for p in pairs) / 10
    assert last["summary"]["clipscore"]["count"] == last["summary"]["ok"] == 10
    assert abs(last["summary"]["clipscore"]["mean"] - mean) < 1e-7
first = json.loads(next(open("nano_quick_gelu.jsonl", encoding="utf-8")))
score = json.load(open("one.jsonl"))["scores"][0]
assert (first["cosine"], first["logit"]) == (score["cosine"], score["logit"])
P
