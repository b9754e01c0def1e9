# SPDX-License-Identifier: Apache-2.0
# Without --model, the demo model next to the program is used, even if both were moved; a note reports it, except with
# -q.
copy_images
sightline embed-image photos -o c.npy
unset SIGHTLINE_MODEL
installed
sightline embed-image photos -o a.npy
sightline embed-image photos -o b.npy -q
cmp a.npy b.npy
cmp a.npy c.npy
rm -r elsewhere/data
expect 5 sightline embed-image photos -o d.npy 2>message
grep -c 'error\[MISSING\]' message
grep -c 'choose a model with --model' message
expect 5 sightline score photos --labels cat --templates openai-imagenet -m "$MODELS/nano_quick_gelu" 2>message
sed 's| in /.* or in| in IT or in|' message
export SIGHTLINE_DATA=$DATA
sightline embed-image photos -o e.npy -q
SIGHTLINE_DATA=$PWD/no/such expect 5 sightline embed-image photos -o f.npy -q 2>message
sed "s|$PWD|HERE|" message
