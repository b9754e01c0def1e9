# SPDX-License-Identifier: Apache-2.0
# What wrappers put before the names comes off in safetensors too, and the numbers are those of the plain file; what
# belongs to nothing is named.
sightline embed-text 'a dog' -f csv >plain
cp -r "$SIGHTLINE_MODEL" model
chmod -R u+w model
names() { python3 "$CLI/safetensors.py" "$SIGHTLINE_MODEL/model.safetensors" model/model.safetensors "$1"; }
for prefix in module. _orig_mod. model. clip. model.clip. module.model.; do
  names "'$prefix' + name"
  sightline embed-text 'a dog' -m model -f csv | cmp - plain
done
names "name if name == 'logit_scale' else 'model.' + name"
expect 5 sightline embed-text 'a dog' -m model
names "'clip.' + name if name != 'logit_scale' else 'classifier.weight'"
expect 5 sightline embed-text 'a dog' -m model
