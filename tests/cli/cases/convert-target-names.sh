# SPDX-License-Identifier: Apache-2.0
# A target is a folder, or a .sightline, .weights.h5 or .pt file. The name of another kind of file is refused before anything is read.
for ending in gguf bin pth ckpt safetensors onnx h5 keras npz SafeTensors H5; do
  expect 2 sightline convert-weights absent -o x.$ending 2>message
  [ "$(sed -n 1p message)" = "sightline: error: unsupported target extension .${ending,,}: x.$ending" ]
done
cat message >&2
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o x.pt --to hf 2>message
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o x.pth --force 2>message
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o x --to openai
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o x.sightline --to openclip
ls
# A name that ends in a slash is a folder, and so is a name with an unknown extension.
sightline convert-weights "$SIGHTLINE_MODEL" -o x.bin/ -q
sightline convert-weights "$SIGHTLINE_MODEL" -o clip-v1.5 -q
sightline info x.bin | head -1
sightline info clip-v1.5 | head -1
