# SPDX-License-Identifier: Apache-2.0
# SigLIP models with SiglipTokenizer and, as the files of SigLIP 2, GemmaTokenizer, from a folder, a packed model and a
# folder written by us: the embeddings of transformers, and the numbers of ids without padding.
for name in siglip_words siglip2_words; do
  model=$DATA/golden/siglip_words/$name expected=$DATA/golden/siglip_words/$name/expected
  sightline convert-weights "$model" -o $name.sightline --verify -q
  sightline convert-weights "$model" -o $name --verify -q
  for opened in "$model" $name.sightline $name; do
    sightline embed-text -m "$opened" --captions "$expected/captions.txt" -o t.npy -q --force
    npy close t.npy "$expected/text_embeds.npy" 2e-6
    tr -d '[] \n' <"$expected/lengths.json" >expected.txt
    grep -o '"tokens":[0-9]*' t.index.jsonl | cut -d: -f2 | paste -sd, | tr -d '\n' | cmp - expected.txt
    [ "$opened" = "$model" ] && cp t.npy whole.npy
    cmp t.npy whole.npy
    sightline embed-text -m "$opened" --captions "$expected/captions.txt" -o t.npy -q --force -b 1 -j 3
    cmp t.npy whole.npy
  done
  sightline info -m $name.sightline | grep '^tokenizer'
  expect 5 sightline embed-text -m "$model" x --text-cleaning openai 2>refused
  grep -q 'UNSUP.*text cleaning' refused
done
