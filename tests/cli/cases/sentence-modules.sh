# SPDX-License-Identifier: Apache-2.0
# A text model of sentence-transformers: its modules, in both layouts and packed; what it cannot do.
model=$DATA/golden/sentence_modules/multilingual expected=$DATA/golden/sentence_modules/expected
embed() { sightline embed-text -m "$1" --captions "$expected/captions.txt" -o "$2" -q; }
embed "$model" t.npy
npy close t.npy "$expected/text_embeds.npy" 2e-6
sightline info -m "$model" | grep -q 'no image tower, so no scores'

mkdir -p parts/0_Transformer
cp -r "$model"/*.* parts/0_Transformer
cp -r "$model"/1_Pooling "$model"/2_Dense parts
rm parts/0_Transformer/modules.json parts/0_Transformer/tokenizer.json
sed 's/"path": ""/"path": "0_Transformer"/' "$model"/modules.json >parts/modules.json
embed parts parts.npy
cmp t.npy parts.npy

sightline convert-weights parts -o m.sightline --verify -q
embed m.sightline packed.npy
cmp t.npy packed.npy
sightline convert-weights m.sightline --dtype f16 -o half.sightline --verify -q
embed half.sightline half.npy
npy close t.npy half.npy 2e-3

for command in 'score x.jpg -c x' 'embed-image x.jpg -o x.npy'; do
  expect 5 sightline $command -m m.sightline 2>refused
  grep -q 'MISSING.*no image tower' refused
done
for target in 'copy' 'x --to openclip' 'x.pt --to openai'; do
  expect 5 sightline convert-weights parts -o $target 2>refused
  grep -q 'UNSUP.*sentence-transformers' refused
done
[ ! -e copy ]

sed -i 's/linear.Identity/activation.Tanh/' parts/2_Dense/config.json
expect 5 embed parts x.npy 2>refused
grep -q 'UNSUP.*dense.activation_function.*Tanh' refused
rm parts/2_Dense/config.json
expect 5 embed parts x.npy 2>refused
grep -q 'MISSING.*2_Dense/config.json' refused
# the transformer alone is no model of images and texts
expect 5 embed parts/0_Transformer x.npy 2>refused
grep -q 'UNSUP.*distilbert' refused
