# SPDX-License-Identifier: Apache-2.0
# Converting to a KerasHub file and back gives the same bytes. The target's name and --to must agree.
ln -s "$MODELS/nano_quick_gelu" model
sightline convert-weights model -o plain -q
sightline convert-weights model -o keras.weights.h5 --verify
sightline convert-weights model -o again.weights.h5 --to keras-h5 -q
cmp keras.weights.h5 again.weights.h5
cp model/config.json model/preprocessor_config.json model/vocab.json model/merges.txt .
sightline convert-weights keras.weights.h5 -o back --from kerashub --verify
cmp plain/model.safetensors back/model.safetensors
sightline embed-text -m keras.weights.h5 'a photo of a cat' -f npy >keras.npy
sightline embed-text -m model 'a photo of a cat' -f npy | cmp - keras.npy
expect 8 sightline convert-weights model -o keras.weights.h5
expect 2 sightline convert-weights model -o keras --to keras-h5
expect 2 sightline convert-weights model -o new.weights.h5 --to hf
expect 5 sightline convert-weights keras.weights.h5 -o new --from openai
ls
