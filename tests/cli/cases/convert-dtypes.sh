# SPDX-License-Identifier: Apache-2.0
ln -s "$SIGHTLINE_MODEL" model
for dtype in f16 bf16 f32; do
  sightline convert-weights model -o $dtype --dtype $dtype >/dev/null
  grep -o '"\(torch_\)\?dtype": "[a-z0-9]*"' $dtype/config.json
  sightline embed-image -m $dtype "$IMAGES" -o $dtype.npy --no-index
done
sightline embed-image "$IMAGES" -o plain.npy --no-index
cmp plain.npy f32.npy
npy close plain.npy f16.npy 0.01
npy close plain.npy bf16.npy 0.05
