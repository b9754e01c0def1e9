# SPDX-License-Identifier: Apache-2.0
# A weight that is not finite ends the run with an error that names it, and no output is left; a conversion refuses it,
# too.
cp -r "$SIGHTLINE_MODEL" model
chmod -R u+w model
begin=$((8 + $(od -An -t u8 -N 8 model/model.safetensors) + \
  $(grep -ao '"text_projection.weight":{[^}]*}' model/model.safetensors | grep -o '\[[0-9]*,[0-9]*\]}' | grep -o '[0-9]*' | head -n 1)))
printf '\000\000\300\177' | dd of=model/model.safetensors bs=1 seek="$begin" conv=notrunc status=none
expect 5 sightline embed-text -m model "a cat" -o out.npy
expect 5 sightline score -m model "$IMAGES" -c cat -f npy -o out.npy
expect 5 sightline convert-weights model -o half --dtype f16
expect 5 sightline convert-weights model -o copy
sightline embed-image -m model "$IMAGES" -o images.npy --no-index
ls
# Logits are cosines times the exponential of logit_scale, which must be finite, too.
cp -r "$SIGHTLINE_MODEL" scaled
chmod -R u+w scaled
set_scale() { # the bytes of a float32
  begin=$((8 + $(od -An -t u8 -N 8 scaled/model.safetensors) + \
    $(grep -ao '"logit_scale":{[^}]*}' scaled/model.safetensors | grep -o '\[[0-9]*,[0-9]*\]}' | grep -o '[0-9]*' | head -n 1)))
  printf "$1" | dd of=scaled/model.safetensors bs=1 seek="$begin" conv=notrunc status=none
}
set_scale '\000\000\262\102' # 89
expect 5 sightline score -m scaled "$IMAGES" -c cat -f jsonl
expect 5 sightline embed-text -m scaled "a cat" -o out.npy
set_scale '\000\000\260\102' # 88
if sightline score -m scaled "$IMAGES" -c cat -f jsonl -q | grep null; then echo 'a logit is not finite'; fi
