# SPDX-License-Identifier: Apache-2.0
# Options that change pixels change the embeddings of the images concerned, and no others.
copy_images
sightline embed-image photos -o plain.npy
sightline embed-image photos -o exif.npy --no-exif
sightline embed-image photos -o alpha.npy --alpha drop
sightline embed-image photos -o openai.npy --preprocess openai
sightline embed-image photos -f npy --alpha white --exif --preprocess hf | cmp - plain.npy
python3 - <<'P'
import os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
names = sorted(os.listdir("photos"))
plain = npy.read("plain.npy")[2]
for option in ("exif", "alpha"):
    rows = npy.read(option + ".npy")[2]
    print(option, [n for n, a, b in zip(names, plain, rows) if a != b])
P
