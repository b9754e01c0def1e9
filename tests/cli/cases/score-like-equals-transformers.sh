# SPDX-License-Identifier: Apache-2.0
# --like gives the cosines of the reference's image embeddings for every nano model, from files and from stored
# embeddings; bit-identical to embedding the query with embed-image.
cd "$MODELS"
out=$OLDPWD
likes=()
for image in images/*; do likes+=(--like "$image"); done
for model in nano_*; do
  sightline score -m $model images "${likes[@]}" --values cosine -o "$out/$model.npy"
  sightline score -m $model images "${likes[@]}" -f jsonl >"$out/$model.jsonl"
  sightline embed-image -m $model images -o "$out/images-$model.npy"
  sightline score -m $model --image-embeddings "$out/images-$model.npy" "${likes[@]}" -f jsonl -b 1 -j 1 |
    cmp - "$out/$model.jsonl"
  sightline score -m $model --image-embeddings "$out/images-$model.npy" --text-embeddings "$out/images-$model.npy" -q \
    --values cosine -f npy | cmp - "$out/$model.npy"
done
cd "$out"
python3 - <<'P'
import glob, json, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
def floats(path):
    _, kind, rows = npy.read(path)
    return [npy.floats(kind, row) for row in rows]
models = sorted(glob.glob("nano_*.npy"))
assert len(models) >= 10
for path in models:
    name = path[:-4]
    expected = floats(f"{os.environ['MODELS']}/expected/{name}/image_embeds.npy")
    cosines = floats(path)
    assert len(cosines) == len(cosines[0]) == len(expected) == 6
    for i in range(6):
        for q in range(6):
            reference = sum(a * b for a, b in zip(expected[i], expected[q]))
            assert abs(cosines[i][q] - reference) < 2e-6, (name, i, q, cosines[i][q], reference)
    for q, line in enumerate(map(json.loads, open(f"{name}.jsonl"))):
        assert list(line) == ["like", "index", "scores"] and line["index"] == q
        order = sorted(range(6), key=lambda i: (-cosines[i][q], i))
        assert [s["index"] for s in line["scores"]] == order, (name, q)
        assert line["scores"][0]["index"] == q and abs(line["scores"][0]["cosine"] - 1) < 1e-6  # itself
P
