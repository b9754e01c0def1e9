# SPDX-License-Identifier: Apache-2.0
# An error about a model names the file and the expected content. Exit status 5; no output is left behind.
copy_images
installed
fresh() {
  rm -rf model
  cp -r "$MODELS/nano_quick_gelu" model
  chmod -R u+w model
}
try() {
  expect 5 sightline embed-image -m model photos -o out.npy
  fresh
}
fresh
head -c 5000 model/model.safetensors >cut; mv cut model/model.safetensors; try
printf '{"model_type": "clip", ' >model/config.json; try
rm model/config.json; try
rm model/model.safetensors; try
sed -i 's/"hidden_size": 32/"hidden_size": 48/' model/config.json; try
sed -i 's/"model_type": "clip"/"model_type": "bert"/' model/config.json; try
sed -i 's/"num_hidden_layers": 2/"num_hidden_layers": 1/' model/config.json; try
printf 'garbage garbage garbage' >model/model.safetensors; try
printf '{"do_resize": 3}' >model/preprocessor_config.json; try
rm model/vocab.json model/merges.txt
expect 5 sightline embed-text -m model word -o out.npy
expect 5 sightline embed-image -m model/config.json photos -o out.npy
ls
