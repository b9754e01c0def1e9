# SPDX-License-Identifier: Apache-2.0
# A fixed-size SigLIP 2 as transformers reads it keeps capital letters: a note says so, once in a run. And what -vv says
# about texts that share no prefixes.
model=$DATA/golden/siglip_words/siglip2_words
embed() { sightline embed-text -m "$model" "$@" -o t.npy --force 2>notes; }
count() { grep -c 'some captions have capital letters.*--text-cleaning siglip' notes || :; }
embed 'a cat' 'A Photo of a Cat' 'ÉTÉ' && count
embed 'un élève' 'ÉTÉ' && count
embed --labels 'cat,dog' --template 'A photo of a {}' && count
sightline score -m "$model" "$MODELS/images" -c 'A cat' -c 'A dog' -o s.npy 2>notes && count
for i in 1 2 3; do printf '%s\tA cat %d\n' "$(ls "$MODELS"/images/* | head -1)" $i; done >pairs.tsv
sightline score -m "$model" --pairs pairs.tsv -o p.jsonl 2>notes && count
sightline convert-weights "$model" -o m.sightline -q
model=m.sightline embed 'A cat' && count
echo nothing:
embed 'a cat, 9 lives' 'été ß' && count
embed 'A cat' -q && count
embed 'A cat' --text-cleaning hf && count
embed 'A cat' --text-cleaning siglip && count
model=$DATA/golden/siglip_words/siglip_words embed 'A cat' && count
model=$DATA/golden/naflex/naflex_nano embed 'A cat' && count
model=$DATA/golden/openclip_towers/siglip2 embed 'A cat' && count
model=$SIGHTLINE_MODEL embed 'A cat' && count

rows() { sed -n 's/^sightline: *\(texts: .*tokens\).*/\1/p' notes; }
embed 'a cat' 'a cat' 'a dog' -vv && rows
model=$DATA/golden/bert_towers/m_clip embed 'a cat' 'a cat' 'a dog' -vv && rows
model=$SIGHTLINE_MODEL embed 'a cat' 'a cat' 'a dog' -vv && rows
