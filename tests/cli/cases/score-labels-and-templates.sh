# SPDX-License-Identifier: Apache-2.0
# A label's embedding is the normalised mean of its prompts' normalised embeddings.
copy_images
sightline score photos/photo.jpg --labels 'cat, dog' -f jsonl >default
sightline score photos/photo.jpg --labels cat,dog --template 'a photo of a {}' -f jsonl | cmp - default
sightline score photos/photo.jpg -c 'a photo of a cat' -c 'a photo of a dog' -f jsonl | sed 's/a photo of a //g' | cmp - default
printf 'cat\r\ndog' | sightline score photos/photo.jpg --labels-from - -f jsonl | cmp - default
sightline score photos/photo.jpg --labels cat,dog --template 'a {}' --template '{} or {}' --values cosine -f npy >ensemble.npy
sightline embed-image photos/photo.jpg -o image.npy
sightline embed-text 'a cat' 'cat or cat' 'a dog' 'dog or dog' -o text.npy
python3 - <<'P'
import math, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
image = npy.floats("<f4", npy.read("image.npy")[2][0])
texts = [npy.floats("<f4", row) for row in npy.read("text.npy")[2]]
for label in (0, 1):
    mean = [(a + b) / 2 for a, b in zip(texts[2 * label], texts[2 * label + 1])]
    norm = math.sqrt(sum(x * x for x in mean))
    cosine = sum(x * y for x, y in zip(mean, image)) / norm
    seen = npy.floats("<f4", npy.read("ensemble.npy")[2][0])[label]
    assert abs(seen - cosine) < 1e-6, (seen, cosine)
P
