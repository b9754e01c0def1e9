# SPDX-License-Identifier: Apache-2.0
# Where no file says how images are prepared, a line says what is taken; -q has no such line.
cp -r "$MODELS/nano_quick_gelu" model
chmod -R u+w model
rm model/preprocessor_config.json
sightline embed-image -m model "$PICTURES/photo.jpg" -o a.npy --report /dev/null
sightline embed-image -m model "$PICTURES/photo.jpg" -o b.npy -q
cmp a.npy b.npy
sightline info model -q | tail -2
echo '{"processor_class":"CLIPProcessor"}' >model/processor_config.json
sightline info model >/dev/null
