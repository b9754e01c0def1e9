# SPDX-License-Identifier: Apache-2.0
# The matrix is [images, captions], regardless of --by; with --by caption, probabilities sum to 1 over images.
copy_images
for by in image caption; do
  for value in logit cosine probability; do
    sightline score photos -c 'a dog' -c word --by $by --values $value -o $by-$value.npy
  done
done
npy show image-logit.npy
npy same image-logit.npy caption-logit.npy
npy same image-cosine.npy caption-cosine.npy
python3 - <<'P'
import os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
rows = [npy.floats("<f4", row) for row in npy.read("image-probability.npy")[2]]
assert all(abs(sum(row) - 1) < 1e-6 for row in rows)
columns = zip(*[npy.floats("<f4", row) for row in npy.read("caption-probability.npy")[2]])
assert all(abs(sum(column) - 1) < 1e-6 for column in columns)
P
ls
