# SPDX-License-Identifier: Apache-2.0
# Row i belongs to image i, the index agrees, and the values equal those of the reference.
cp -r "$IMAGES" images
sightline embed-image images -o out.npy
npy show out.npy
npy close out.npy "$MODELS/expected/nano_quick_gelu/image_embeds.npy" 3e-6
cat out.index.jsonl
sightline embed-image images -o raw.npy --no-normalize
npy close raw.npy "$MODELS/expected/nano_quick_gelu/image_features.npy" 2e-5
ls
