# SPDX-License-Identifier: Apache-2.0
# No --model: the demo model beside the program, wherever both were moved to; one line says so, and -q does not.
pictures
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
grep -c 'name a model with --model' message
expect 5 sightline score photos --labels cat --templates openai-imagenet -m "$MODELS/nano_quick_gelu" 2>message
sed 's| in /.* or in| in IT or in|' message
export SIGHTLINE_DATA=$DATA
sightline embed-image photos -o e.npy -q
SIGHTLINE_DATA=$PWD/no/such expect 5 sightline embed-image photos -o f.npy -q 2>message
sed "s|$PWD|HERE|" message
