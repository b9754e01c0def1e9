# SPDX-License-Identifier: Apache-2.0
# The files of the model determine the tokenization; inconsistent files are refused, or read as in transformers.
model() { rm -rf m; cp -r "$MODELS/${1:-nano_gelu}" m; chmod -R u+w m; }
edit() {  # edit FILE 'STATEMENTS ON d'
  python3 - "$@" <<'P'
import json, os, sys
d = json.load(open(sys.argv[1])) if os.path.exists(sys.argv[1]) else {}
exec(sys.argv[2])
json.dump(d, open(sys.argv[1], "w"))
P
}
model
sightline embed-text -m m 'a dog' 'the cat sat' -f npy >right.npy

# eos_token_id: null, a list; an id that the tokenizer never writes (given, by default, outside the vocabulary); the
# legacy value 2.
for eos in None '[599]'; do
  model; edit m/config.json "d['text_config']['eos_token_id'] = $eos"
  expect 5 sightline embed-text -m m 'a dog'
done
model; edit m/config.json "d['text_config_dict'] = dict(d['text_config'], eos_token_id=None)"
expect 5 sightline embed-text -m m 'a dog'
for eos in 5 598 700 5000000; do
  model; edit m/config.json "d['text_config']['eos_token_id'] = $eos"
  expect 5 sightline embed-text -m m 'a dog' -o out.npy
done
expect 5 sightline score "$IMAGES/grey.png" -m m -c 'a dog' -o out.csv
sightline info m | grep '^tokenizer'
sightline embed-image -m m "$IMAGES/grey.png" | cut -c 1-8
model; edit m/config.json "del d['text_config']['eos_token_id']"
expect 5 sightline embed-text -m m 'a dog'
for eos in 2 599; do
  model; edit m/config.json "d['text_config']['eos_token_id'] = $eos; d['eos_token_id'] = 5"
  sightline embed-text -m m 'a dog' 'the cat sat' -f npy | cmp - right.npy
done

# A spare token beyond the embedding rows is an error only if a text uses it; the message names the existing file.
model; edit m/tokenizer_config.json "d['extra_special_tokens'] = ['<pad>']"
sightline embed-text -m m 'a dog' 'the cat sat' -f npy | cmp - right.npy
expect 5 sightline embed-text -m m 'a dog' 'a <pad>' -o out.npy
model nano_tokenizer_json
sightline embed-text -m m 'a dog' -f npy >right.npy
edit m/tokenizer.json "d['added_tokens'].append(dict(d['added_tokens'][0], id=600, content='<pad>'))"
sightline embed-text -m m 'a dog' -f npy | cmp - right.npy
expect 5 sightline embed-text -m m 'a <pad>'

# model_max_length truncates texts, as shown by tokens and truncated.
model nano_quick_gelu
edit m/tokenizer_config.json "d['model_max_length'] = 4"
sightline embed-text -m m 'a dog' 'a' -o cut.npy -v 2>&1 | grep warning
cat cut.index.jsonl
sightline info m | grep '^tokenizer'
for length in 0 1 None 1e30 77 '10**30'; do
  edit m/tokenizer_config.json "d['model_max_length'] = $length"
  sightline embed-text -m m 'a dog' -o long.npy --force
  cat long.index.jsonl
done | sort | uniq -c
for length in -1 77.5 '"77"'; do
  edit m/tokenizer_config.json "d['model_max_length'] = $length"
  expect 5 sightline embed-text -m m 'a dog'
done

# Another tokenizer class in either file; tokenizer.json takes precedence over vocab.json.
model nano_quick_gelu
edit m/tokenizer_config.json "d['tokenizer_class'] = 'BertTokenizer'"
expect 5 sightline embed-text -m m 'a dog'
model nano_quick_gelu
rm m/tokenizer_config.json
edit m/config.json "d['tokenizer_class'] = 'GPT2Tokenizer'"
expect 5 sightline embed-text -m m 'a dog'
model nano_quick_gelu
echo '{}' >m/tokenizer.json
expect 5 sightline embed-text -m m 'a dog'
ls
