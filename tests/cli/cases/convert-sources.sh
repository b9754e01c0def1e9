# SPDX-License-Identifier: Apache-2.0
# A KerasHub preset and a GGUF file, written by their own libraries, become self-contained folders.
ln -s "$DATA/golden/weights" weights
sightline convert-weights weights/keras_hub -o hub --verify
ls hub
sightline convert-weights weights/gguf/nano-f32.gguf -o gguf --verify
ls gguf
sightline convert-weights weights/gguf/nano-q8_0.gguf -o q8 --dtype f16 --verify -q
sightline score -m weights/keras_hub "$IMAGES" -c cat -c dog -f npy >direct.npy
sightline score -m hub "$IMAGES" -c cat -c dog -f npy | cmp - direct.npy
ls
