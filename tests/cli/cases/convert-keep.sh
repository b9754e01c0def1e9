# SPDX-License-Identifier: Apache-2.0
# HF to HF: bit-identical embeddings and a self-contained folder.
ln -s "$MODELS/nano_sharded" nano_sharded
sightline convert-weights nano_sharded -o copy >printed
ls copy
for model in nano_sharded copy; do
  sightline score -m "$model" "$IMAGES" --captions "$MODELS/captions.txt" -f npy >$(basename "$model").npy
done
cmp nano_sharded.npy copy.npy
expect 8 sightline convert-weights nano_sharded -o copy
sightline convert-weights nano_sharded -o again >/dev/null
cmp copy/model.safetensors again/model.safetensors
sightline convert-weights nano_sharded -o copy --force >/dev/null
ls
