# SPDX-License-Identifier: Apache-2.0
# Prefixes added by wrappers are removed in safetensors, too, with the same results as the plain file; an error names a
# tensor without a match.
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
