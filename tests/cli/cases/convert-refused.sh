# SPDX-License-Identifier: Apache-2.0
# No files are left behind, and an existing target is unchanged.
cp -r "$MODELS/nano_quick_gelu" model
chmod -R u+w model
head -c 5000 model/model.safetensors >cut
mv cut model/model.safetensors
mkdir target
echo old >target/model.safetensors
expect 5 sightline convert-weights model -o new
expect 5 sightline convert-weights model -o target --force
expect 8 sightline convert-weights "$MODELS/nano_quick_gelu" -o target
expect 8 sightline convert-weights model -o model --force
expect 6 sightline convert-weights "$MODELS/nano_quick_gelu" -o absent/target
cat target/model.safetensors
ls
# --force replaces only model folders.
mkdir -p precious/letters
echo keep >precious/letters/one
expect 6 sightline convert-weights "$MODELS/nano_quick_gelu" -o precious --force -q
cat precious/letters/one
ls
