# --tokenizer DIR brings the vocabulary of another folder; one that does not fit is refused.
installed
cp -r "$MODELS/nano_quick_gelu" bare
chmod -R u+w bare
rm bare/vocab.json bare/merges.txt bare/tokenizer_config.json bare/special_tokens_map.json
ln -s "$MODELS" models
expect 5 sightline convert-weights bare -o a 2>message
grep -c 'error\[\(MISSING\|MISMATCH\)\]' message
sightline convert-weights bare -o b --tokenizer models/nano_quick_gelu -q
sightline embed-text -m b 'a photo of a cat' -f npy >b.npy
sightline embed-text 'a photo of a cat' -f npy | cmp - b.npy
ls
