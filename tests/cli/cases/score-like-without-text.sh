# SPDX-License-Identifier: Apache-2.0
# Image queries need neither the tokenizer nor the text tower; an additional caption needs both.
cp -r "$SIGHTLINE_MODEL" model
chmod -R u+w model
begin=$((8 + $(od -An -t u8 -N 8 model/model.safetensors) + \
  $(grep -ao '"text_projection.weight":{[^}]*}' model/model.safetensors | grep -o '\[[0-9]*,[0-9]*\]}' | grep -o '[0-9]*' | head -n 1)))
printf '\000\000\300\177' | dd of=model/model.safetensors bs=1 seek="$begin" conv=notrunc status=none
cp -r model no-tokenizer
rm no-tokenizer/vocab.json no-tokenizer/merges.txt
sightline score "$IMAGES" --like "$IMAGES/photo.jpg" -f csv >expected
sightline score -m model "$IMAGES" --like "$IMAGES/photo.jpg" -f csv | cmp - expected
sightline score -m no-tokenizer "$IMAGES" --like "$IMAGES/photo.jpg" -f csv | cmp - expected
expect 5 sightline score -m model "$IMAGES" --like "$IMAGES/photo.jpg" -c word 2>/dev/null
