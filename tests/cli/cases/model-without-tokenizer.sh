# SPDX-License-Identifier: Apache-2.0
# A run over images needs no tokenizer.
installed
cp -r "$MODELS/nano_quick_gelu" model
rm -f model/vocab.json model/merges.txt
sightline embed-image -m model "$IMAGES" -f npy >a.npy
sightline embed-image "$IMAGES" -f npy | cmp - a.npy
expect 5 sightline embed-text -m model word 2>message
head -1 message | cut -c 1-50
