# SPDX-License-Identifier: Apache-2.0
# PE-Core and EVA models of OpenCLIP: embeddings of images, packed models, and the formats that cannot express them.
images="$MODELS/images/exif.jpg $MODELS/images/grey.png $MODELS/images/photo.jpg $MODELS/images/tall.png"
for name in pe_core pe_core_gigantic eva02 eva01 eva02_enormous; do
  model=$DATA/golden/openclip_eva/$name expected=$DATA/golden/openclip_eva/expected/$name
  sightline embed-image -m "$model" $images -o $name.npy -q
  npy close $name.npy "$expected/image_embeds.npy" 2e-6
  sightline embed-image -m "$model" $images -o again.npy -q --force -j 3 -b 2
  cmp $name.npy again.npy
  sightline convert-weights "$model" -o $name.sightline --verify -q
  sightline embed-image -m $name.sightline $images -o again.npy -q --force
  cmp $name.npy again.npy
done
sightline convert-weights eva02.sightline -o repacked.sightline -q
cmp eva02.sightline repacked.sightline
sightline convert-weights "$DATA/golden/openclip_eva/eva02" -o int8.sightline --dtype int8 -q
sightline info --check int8.sightline | grep -q 'the self-check gives 0.999'

sightline info -v "$DATA/golden/openclip_eva/eva02" >info
grep -q 'image tower: .* swiglu, image 20 x 20, patch 4, rotary positions' info
for weight in self_attn.norm.weight mlp.gate.bias mlp.norm.weight; do
  grep -q "vision_model.encoder.layers.1.$weight" info
done
expect 1 grep -q 'vision_model.*k_proj.bias' info
for source in "$DATA/golden/openclip_eva/eva02" eva02.sightline; do
  expect 5 sightline convert-weights "$source" -o folder --to hf -q 2>refused
  grep -q 'transformers has no class for it' refused
  for target in 'x.pt --to openai' 'x --to openclip' 'x.weights.h5 --to keras-h5'; do
    expect 5 sightline convert-weights "$source" -o $target 2>refused
    grep -q 'UNSUP' refused
  done
done
