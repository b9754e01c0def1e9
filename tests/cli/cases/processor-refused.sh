# SPDX-License-Identifier: Apache-2.0
# An unsupported class or key is an error that names it, never ignored: exit status 5.
fresh() {
  rm -rf model
  cp -r "$MODELS/nano_quick_gelu" model
  chmod -R u+w model
}
try() {
  printf '%s' "$2" >"model/$1"
  expect 5 sightline embed-image -m model "$IMAGES/photo.jpg" -o out.npy
  fresh
}
fresh
try preprocessor_config.json '{"image_processor_type":"DonutImageProcessor"}'
try preprocessor_config.json '{"feature_extractor_type":"LayoutLMv3FeatureExtractor"}'
try processor_config.json '{"image_processor":{"image_processor_type":"Pix2StructImageProcessor"}}'
try processor_config.json '{"image_processor":[]}'
try processor_config.json '[]'
try processor_config.json '{"image_processor":{"do_pad":true}}'
try preprocessor_config.json '{"do_flip_channel_order":true}'
try preprocessor_config.json '{"image_processor_type":"ViTImageProcessor","size":32,"do_thumbnail":true}'
try preprocessor_config.json '{"image_processor_type":"EfficientNetImageProcessor","size":32}'
try preprocessor_config.json '{"image_processor_type":"ViTImageProcessor","size":48}'
try preprocessor_config.json '{"size":40,"crop_size":40}'
try preprocessor_config.json '{"image_mean":null}'
try tokenizer_config.json '{"do_normalize":false}'
ls
