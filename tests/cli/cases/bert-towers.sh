# SPDX-License-Identifier: Apache-2.0
# Chinese-CLIP and AltCLIP: the embeddings and scores of transformers from a folder, a packed model and a folder written
# by us, under the names of transformers.
for name in chinese_clip altclip; do
  model=$DATA/golden/bert_towers/$name expected=$DATA/golden/bert_towers/expected/$name
  captions=$expected/captions.txt
  sightline convert-weights "$model" -o $name.sightline --verify -q
  sightline convert-weights "$model" -o $name-copy --verify -q
  sightline convert-weights $name.sightline -o $name-again --verify -q
  cmp $name-copy/model.safetensors $name-again/model.safetensors
  for opened in "$model" $name.sightline $name-copy $name-again; do
    sightline embed-text -m "$opened" --captions "$captions" -o t.npy -q --force
    npy close t.npy "$expected/text_embeds.npy" 2e-6
    sightline score -m "$opened" "$MODELS"/images --captions "$captions" -o l.npy -q --force
    npy close l.npy "$expected/logits_per_image.npy" 1e-4
    [ "$opened" = "$model" ] && cp t.npy whole.npy
    cmp t.npy whole.npy
    sightline embed-text -m "$opened" --captions "$captions" -o t.npy -q --force -b 1 -j 3
    cmp t.npy whole.npy
  done
  sightline score -m "$model" "$MODELS"/images --captions "$captions" -o p.npy -q --values probability --force
  npy close p.npy "$expected/probabilities.npy" 1e-5
  grep -ao '"text_model[^"]*\(query\|transformation\|LN\).weight"' $name-copy/model.safetensors
  sightline info -m $name.sightline | grep -e '^tokenizer'
  sightline info -m "$model" | sed -n '/^text_encoder/,/^clip_head/p'
  for target in 'x.pt --to openai' 'x --to openclip' 'x.weights.h5 --to keras-h5'; do
    expect 5 sightline convert-weights "$model" -o $target 2>refused
    grep -o 'can be written.*' refused
  done
done
# OpenCLIP's models with text towers of the hub, and M-CLIP's text tower alone: also packed.
for name in openclip_bert/xlm_roberta openclip_bert/biomed bert_towers/m_clip; do
  model=$DATA/golden/$name expected=$DATA/golden/${name%/*}/expected/${name#*/}
  sightline convert-weights "$model" -o packed.sightline --verify -q --force
  for opened in "$model" packed.sightline; do
    sightline embed-text -m "$opened" --captions "$expected/captions.txt" -o t.npy -q --force
    npy close t.npy "$expected/text_embeds.npy" 2e-6
    [ "$opened" = "$model" ] && cp t.npy whole.npy
    sightline embed-text -m "$opened" --captions "$expected/captions.txt" -o t.npy -q --force -b 1 -j 3
    cmp t.npy whole.npy
  done
  sightline info -m packed.sightline | grep -e '^text tower' -e 'projector' -e '^tokenizer'
done
expect 5 sightline score -m packed.sightline "$MODELS"/images -c x
sightline convert-weights "$DATA/golden/bert_towers/m_clip" -o copy --verify -q
grep -ao '"[^"]*\(query\|Transformation\).weight"' copy/model.safetensors
