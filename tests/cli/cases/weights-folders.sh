# SPDX-License-Identifier: Apache-2.0
# The model inside a folder of sentence-transformers, extensions in upper case, and folders with other contents.
sightline embed-text 'a dog' -f csv >plain
mkdir sentences
cp -r "$SIGHTLINE_MODEL" sentences/0_CLIPModel
chmod -R u+w sentences
printf '[{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}]' \
  >sentences/modules.json
sightline embed-text 'a dog' -m sentences -f csv | cmp - plain
sightline info sentences | sed -n 's/^weights: //p'
mv sentences/0_CLIPModel/model.safetensors sentences/0_CLIPModel/CLIP.SAFETENSORS
sightline embed-text 'a dog' -m sentences -f csv | cmp - plain
rm sentences/modules.json
mv sentences/0_CLIPModel/CLIP.SAFETENSORS sentences/0_CLIPModel/model.safetensors
expect 5 sightline embed-text 'a dog' -m sentences
mkdir -p pipeline/text_encoder
printf '{"_class_name": "StableDiffusionPipeline", "text_encoder": ["transformers", "CLIPTextModel"]}' \
  >pipeline/model_index.json
expect 5 sightline embed-text 'a dog' -m pipeline
mkdir other
for file in flax_model.msgpack model.onnx openvino_model.bin model.safetensors.part; do
  rm -f other/*
  printf 'xx' >"other/$file"
  expect 5 sightline info -m other
done
rm -f other/*
printf '{"weight_map": {"logit_scale": "pytorch_model-00001-of-00002.bin"}}' >other/pytorch_model.bin.index.json
expect 5 sightline info -m other
