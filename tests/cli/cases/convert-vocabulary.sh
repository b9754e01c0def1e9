# SPDX-License-Identifier: Apache-2.0
# --tokenizer DIR brings the vocabulary of another folder; without one the target states that it has none.
cp -r "$MODELS/nano_quick_gelu" bare
chmod -R u+w bare
rm bare/vocab.json bare/merges.txt bare/tokenizer_config.json bare/special_tokens_map.json
installed
ln -s "$MODELS" models
sightline convert-weights bare -o a
sightline convert-weights bare -o b --tokenizer models/nano_quick_gelu -q
sightline embed-text -m b 'a photo of a cat' -f npy >b.npy
sightline embed-text 'a photo of a cat' -f npy | cmp - b.npy
expect 5 sightline convert-weights bare -o c --tokenizer absent
expect 5 sightline convert-weights bare -o c --tokenizer "$DATA/vocab" 2>message
grep -o 'error\[MISMATCH\]' message
ls . a b
