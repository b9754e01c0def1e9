# SPDX-License-Identifier: Apache-2.0
# Replacing the target never deletes an input of the conversion, even with --force and through links.
cp -r "$MODELS/nano_quick_gelu" model
cp -r "$DATA/golden/weights/keras_hub" keras
mkdir -p other blobs words
cp model/* other/
mv other/model.safetensors blobs/model.safetensors
ln -s ../blobs/model.safetensors other/model.safetensors
cp model/vocab.json model/merges.txt model/config.json words/
chmod -R u+w .
find . -type f -exec cksum {} + | sort >../before
expect 8 sightline convert-weights model/model.safetensors -o model --force -q
expect 8 sightline convert-weights model/model.safetensors -o ./other/../model/ --force -q
expect 8 sightline convert-weights keras -o keras/model.weights.h5 --force -q
expect 8 sightline convert-weights other -o blobs --force -q
expect 8 sightline convert-weights model -o words --tokenizer words --force -q
find . -type f -exec cksum {} + | sort | cmp - ../before
# A new folder inside the source is allowed.
sightline convert-weights model -o model/half --dtype f16 -q
ls model/half
