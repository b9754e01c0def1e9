# SPDX-License-Identifier: Apache-2.0
# If no file defines the image preprocessing, a note reports the assumed settings, except with -q.
cp -r "$MODELS/nano_quick_gelu" model
chmod -R u+w model
rm model/preprocessor_config.json
sightline embed-image -m model "$IMAGES/photo.jpg" -o a.npy --report /dev/null
sightline embed-image -m model "$IMAGES/photo.jpg" -o b.npy -q
cmp a.npy b.npy
sightline info model -q | tail -2
echo '{"processor_class":"CLIPProcessor"}' >model/processor_config.json
sightline info model >/dev/null
