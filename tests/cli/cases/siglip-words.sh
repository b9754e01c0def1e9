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
  # OpenCLIP's canonical form, before either tokenizer.
  for opened in "$model" $name.sightline; do
    sightline embed-text -m "$opened" ' A_Photo, of &lt;a&gt; cat!' 'a photo of a cat' -o t.npy -q --force --text-cleaning siglip
    grep -o '"tokens":[0-9]*' t.index.jsonl | uniq | wc -l
    grep -o '"cleaning":"[a-z]*"' t.info.json
    sightline embed-text -m "$opened" 'a photo of a cat' 'a photo of a cat' -o u.npy -q --force --text-cleaning hf
    cmp t.npy u.npy
  done
done
