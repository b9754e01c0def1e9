# SPDX-License-Identifier: Apache-2.0
# The pixels of transformers with torchvision differ from Pillow's, and what it does not have is refused by name.
copy_images
sightline embed-image photos -o hf.npy --preprocess hf
sightline embed-image photos -f npy --preprocess auto | cmp - hf.npy
sightline embed-image photos -f npy | cmp - hf.npy
sightline embed-image photos -o torchvision.npy --preprocess torchvision
grep -o '"order":"[a-z]*"' hf.info.json torchvision.info.json
python3 - <<'P'
import array, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
hf, torchvision = npy.read("hf.npy")[2], npy.read("torchvision.npy")[2]
names = sorted(os.listdir("photos"))
print("equal:", [n for n, a, b in zip(names, hf, torchvision) if a == b])
def distance(a, b):
    return max(abs(x - y) for x, y in zip(array.array("f", a), array.array("f", b)))
print("alike:", all(distance(a, b) < 1e-2 for a, b in zip(hf, torchvision)))
P
cp -r "$MODELS/nano_quick_gelu" model
chmod -R u+w model
for key in '"resample":4' '"resample":5' '"rescale_factor":0'; do
  printf '{"size":32,"crop_size":32,%s}' "$key" >model/preprocessor_config.json
  expect 5 sightline embed-image -m model "$IMAGES/photo.jpg" -o out.npy --preprocess torchvision
done
expect 2 sightline embed-image photos -o out.npy --preprocess pil
ls
