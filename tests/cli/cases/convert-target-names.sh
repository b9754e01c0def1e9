# SPDX-License-Identifier: Apache-2.0
# A target is a folder or a .weights.h5 file: a name of another kind of file is refused before anything is read.
for ending in gguf bin pt pth ckpt safetensors onnx h5 keras npz SafeTensors H5; do
  expect 2 sightline convert-weights absent -o x.$ending 2>message
  [ "$(sed -n 1p message)" = "sightline: error: unsupported target extension .${ending,,}: x.$ending" ]
done
cat message >&2
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o x.pt --to hf 2>message
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o x.pt --force 2>message
ls
# What says that it is a folder is one, and so is what has a dot.
sightline convert-weights "$SIGHTLINE_MODEL" -o x.bin/ -q
sightline convert-weights "$SIGHTLINE_MODEL" -o clip-v1.5 -q
sightline info x.bin | head -1
sightline info clip-v1.5 | head -1
