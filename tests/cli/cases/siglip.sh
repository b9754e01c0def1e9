# SPDX-License-Identifier: Apache-2.0
# A SigLIP model without a tokenizer: images, probabilities by sigmoid, a conversion; texts need a tokenizer.
model=$DATA/golden/siglip/siglip_nano expected=$DATA/golden/siglip/expected/siglip_nano
export SIGHTLINE_MODEL=$model
sightline embed-image "$MODELS"/images -o i.npy -q
npy close i.npy "$expected/image_embeds.npy" 2e-6
grep -q '"family":"siglip"' i.info.json

stored() { sightline score --image-embeddings "$expected/image_embeds.npy" --text-embeddings "$expected/text_embeds.npy" -q "$@"; }
stored -o p.npy --values probability
npy close p.npy "$expected/probabilities.npy" 2e-5
stored -o l.npy
npy close l.npy "$expected/logits_per_image.npy" 2e-4
# over images too, each probability is that of its pair alone
stored -o by.npy --values probability --by caption
cmp p.npy by.npy
stored --by caption --top 1 -f jsonl >top.jsonl
stored --by caption -f jsonl | sed 's/},{"image.*/}]}/' | cmp - top.jsonl
stored --probability softmax -o s.npy --values probability
expect 1 cmp -s s.npy p.npy
expect 2 stored --probability softmax -o x.npy 2>usage
grep -q -- '--values probability' usage

sightline info >info
grep -q 'image tower: .* gelu_pytorch_tanh, image 28 x 28, patch 9' info
grep -q 'embedding: 24 values, logit scale 9.97.*, logit bias -1.7, probabilities by sigmoid' info
grep -q 'tokenizer: none (.*spiece.model' info
expect 5 sightline embed-text 'a cat' -o t.npy 2>refused
grep -q 'MISSING.*spiece.model' refused
[ ! -e t.npy ]

for target in copy m.sightline; do
  sightline convert-weights "$model" -o $target --verify -q
  sightline embed-image -m $target "$MODELS"/images -o again.npy -q --force
  cmp i.npy again.npy
done
for target in 'x.pt --to openai' 'x --to openclip' 'x.weights.h5 --to keras-h5'; do
  expect 5 sightline convert-weights "$model" -o $target 2>refused
  grep -q 'not for SigLIP' refused
done
