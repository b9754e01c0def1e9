# SPDX-License-Identifier: Apache-2.0
# A Git LFS pointer, a web page or a server response in place of any file of a model is recognised.
pointer() { printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12345\n' 7; }
fresh() {
  rm -rf model
  cp -r "$SIGHTLINE_MODEL" model
  chmod -R u+w model
}
for file in model.safetensors config.json preprocessor_config.json vocab.json merges.txt tokenizer_config.json \
  special_tokens_map.json; do
  fresh
  pointer >model/$file
  expect 5 sightline score "$IMAGES/grey.png" -c 'a dog' -m model
done
cp -r "$MODELS/nano_tokenizer_json" json
chmod -R u+w json
pointer >json/tokenizer.json
expect 5 sightline embed-text 'a dog' -m json
cp -r "$MODELS/nano_sharded" sharded
chmod -R u+w sharded
pointer >sharded/model-00003-of-00003.safetensors
expect 5 sightline embed-text 'a dog' -m sharded
pointer >sharded/model.safetensors.index.json
expect 5 sightline embed-text 'a dog' -m sharded
fresh
printf '<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n' >model/model.safetensors
expect 5 sightline info -m model
printf 'Entry not found' >model/model.safetensors
expect 5 sightline info -m model
mv model/model.safetensors model/pytorch_model.bin
expect 5 sightline info -m model
