# SPDX-License-Identifier: Apache-2.0
# A conversion keeps the image preprocessing of any file and class, and writes it as one file of CLIP's class.
try() {
  rm -rf source target
  cp -r "$MODELS/nano_quick_gelu" source
  chmod -R u+w source
  rm source/preprocessor_config.json
  printf '%s' "$2" >"source/$1"
  sightline convert-weights source -o target --verify -q
  ls target
  sightline info target | tail -3
  for model in source target; do sightline embed-image -m $model "$IMAGES" -o $model.npy -q; done
  cmp source.npy target.npy
  rm ./*.npy ./*.jsonl ./*.info.json
}
try processor_config.json '{"image_processor":{"size":36,"crop_size":32,"image_mean":0.5,"image_std":0.5}}'
try processor_config.json '{"image_processor":{"image_processor_type":"ViTImageProcessorFast","size":32}}'
try preprocessor_config.json '{"feature_extractor_type":"ConvNextFeatureExtractor","size":32,"crop_pct":0.8}'
