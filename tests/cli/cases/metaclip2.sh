# SPDX-License-Identifier: Apache-2.0
# MetaCLIP 2: the embeddings and scores of transformers from a folder, a packed model and a folder written by us, with
# tokenizer.json and with a SentencePiece model.
model=$DATA/golden/metaclip2/metaclip2_nano expected=$DATA/golden/metaclip2/expected
captions=$expected/captions.txt
sightline convert-weights "$model" -o packed.sightline --verify -q
sightline convert-weights "$model" -o copy --verify -q
cp -r "$model" pieces
chmod -R u+w pieces
rm pieces/tokenizer.json
cp "$DATA/golden/text/pipelines/xlm_roberta_model/sentencepiece.bpe.model" pieces
for opened in "$model" packed.sightline copy pieces; do
  sightline embed-text -m "$opened" --captions "$captions" -o t.npy -q --force
  npy close t.npy "$expected/text_embeds.npy" 2e-6
  sightline score -m "$opened" "$MODELS"/images --captions "$captions" -o l.npy -q --force
  npy close l.npy "$expected/logits_per_image.npy" 1e-4
  [ "$opened" = "$model" ] && cp t.npy whole.npy
  cmp t.npy whole.npy
  sightline embed-text -m "$opened" --captions "$captions" -o t.npy -q --force -b 1 -j 3
  cmp t.npy whole.npy
done
sightline info -m packed.sightline | grep -e '^tokenizer' -e '^embedding'
sightline embed-image -m "$model" "$MODELS"/images -o i.npy -q
grep -q '"family":"metaclip_2"' i.info.json
sightline score -m "$model" "$MODELS"/images --captions "$captions" -o p.npy -q --values probability
npy close p.npy "$expected/probabilities.npy" 1e-5
for target in 'x.pt --to openai' 'x --to openclip' 'x.weights.h5 --to keras-h5'; do
  expect 5 sightline convert-weights "$model" -o $target 2>refused
  grep -q 'not for MetaCLIP 2' refused
done
