# SPDX-License-Identifier: Apache-2.0
# Exit status 9 if the best cosine of an image or query is below X, regardless of --top and --threshold; the output is
# complete, and the messages are shown with -q, too.
copy_images
sightline score photos -c 'a dog' -c word -f jsonl >expected
python3 - <<'P' >limit
import json
best = sorted(max(s["cosine"] for s in line["scores"]) for line in map(json.loads, open("expected")))
print(f"{(best[2] + best[3]) / 2:.4f}")
P
expect 9 sightline score photos -c 'a dog' -c word -f jsonl --fail-under "$(cat limit)" >out 2>low
cmp out expected
python3 - <<'P'
import json, re
limit = open("limit").read().strip()
below = [(line["image"], max(s["cosine"] for s in line["scores"])) for line in map(json.loads, open("expected"))]
below = [(image, best) for image, best in below if best < float(limit)]
assert len(below) == 3
lines = open("low").read().splitlines()
assert lines == [f"sightline: {image}: best cosine {best:.4f} is below {limit}" for image, best in below], lines
P
expect 9 sightline score photos -c 'a dog' -c word -q --fail-under="$(cat limit)" --top 1 --threshold 1 2>&1 >/dev/null | cmp - low
expect 9 sightline score photos -c 'a dog' -c word --fail-under "$(cat limit)" -o s.npy 2>&1 | cmp - low
npy show s.npy
sightline score photos -c 'a dog' -c word -f jsonl --fail-under -1 | cmp - expected
sightline embed-image photos -o images.npy
expect 9 sightline score --image-embeddings images.npy -c 'a dog' -c word -f csv --fail-under "$(cat limit)" 2>&1 >/dev/null | cmp - low

echo --- by caption and by image >&2
for form in csv npy; do
  for values in '' '--values probability'; do
    [ "$form$values" = 'csv--values probability' ] && continue
    expect 9 sightline score photos -c 'a dog' --like photos/grey.png -c word --fail-under 0.999 --by caption -f $form $values >/dev/null
  done
done
sightline score photos --like photos/grey.png --fail-under 0.999 -q >/dev/null
sightline score photos/grey.png -c '' -q --fail-under -1 >/dev/null
expect 9 sightline score - -c '' -q --fail-under +1.0 <photos/grey.png >/dev/null
expect 9 sightline score photos/grey.png -c '' -c - -q --by caption --fail-under 1 >/dev/null

echo --- beside images that are skipped >&2
printf 'no image' >bad.jpg
for drop in '' --drop-bad; do
  expect 9 sightline score photos/grey.png bad.jpg -c word --fail-under 1 -o x.npy --force $drop
  expect 3 sightline score photos/grey.png bad.jpg -c word --fail-under -1 -o x.npy --force -q $drop
done
expect 4 sightline score bad.jpg -c word --fail-under 1 --by caption
expect 4 sightline score photos/grey.png bad.jpg -c word --fail-under 1 --on-error stop -b 1

echo --- usage >&2
for limit in 1.01 -1.5 25 nan inf x '' 0.2x; do
  expect 2 sightline score photos -c word --fail-under "$limit"
  expect 2 sightline score photos -c word --threshold "$limit" 2>/dev/null
done
