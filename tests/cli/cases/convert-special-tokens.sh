# SPDX-License-Identifier: Apache-2.0
# The target keeps the settings of the tokenizer: here a padding token, which is matched as a whole.
cp -r "$MODELS/nano_quick_gelu" source
chmod -R u+w source
rm source/special_tokens_map.json
echo '{}' >source/added_tokens.json
sightline embed-text -m source 'hello!' >plain
sed -i 's/"pad_token": .*/"pad_token": "!",/' source/tokenizer_config.json
sightline embed-text -m source 'hello!' >padded
expect 1 cmp -s plain padded
sightline convert-weights source -o target -q
sightline embed-text -m target 'hello!' | cmp - padded
ls target
