# SPDX-License-Identifier: Apache-2.0
# An empty settings file of a tokenizer is an error and not treated as missing. The truncation length stored in the
# tokenizer takes precedence over model_max_length.
cp -r "$MODELS/nano_quick_gelu" source
chmod -R u+w source
for name in tokenizer_config special_tokens_map added_tokens; do
  cp -r source "$name"
  : >"$name/$name.json"
  expect 5 sightline embed-text -m "$name" 'hello!'
done
sed -i 's/"pad_token": .*/"pad_token": "<|endoftext|>", "max_length": 4,/' source/tokenizer_config.json
sightline embed-text -m source 'hello hello hello hello' -o texts.npy -q
cat texts.index.jsonl
