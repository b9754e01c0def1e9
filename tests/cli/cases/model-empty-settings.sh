# SPDX-License-Identifier: Apache-2.0
# A settings file of a tokenizer that is there and empty is no file that is not there. A length that the tokenizer was
# saved with cuts before model_max_length does.
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
