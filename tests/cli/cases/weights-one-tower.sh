# SPDX-License-Identifier: Apache-2.0
# If one tower is missing, the error names the one that is present; a model of another kind is refused by name.
cp -r "$SIGHTLINE_MODEL" model
chmod -R u+w model
names() { python3 "$CLI/safetensors.py" "$SIGHTLINE_MODEL/model.safetensors" model/model.safetensors "$1"; }
names "name if name.startswith('text_') else None"
expect 5 sightline embed-text 'a dog' -m model
names "name if name.startswith('vis') else None"
expect 5 sightline score "$IMAGES" -c 'a dog' -m model
for type in clipseg blip; do
  sed "s/\"model_type\": \"clip\"/\"model_type\": \"$type\"/" "$SIGHTLINE_MODEL/config.json" >model/config.json
  expect 5 sightline info -m model
done
sed 's/clip_vision_model/siglip_vision_model/' "$SIGHTLINE_MODEL/config.json" >model/config.json
cp "$SIGHTLINE_MODEL/model.safetensors" model/
expect 5 sightline info -m model
sed 's/"quick_gelu"/"gelu_new"/' "$SIGHTLINE_MODEL/config.json" >model/config.json
expect 5 sightline info -m model
sed 's/"projection_dim": 32/"projection_dim": null/' "$SIGHTLINE_MODEL/config.json" >model/config.json
expect 5 sightline info -m model
