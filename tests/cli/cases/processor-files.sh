# SPDX-License-Identifier: Apache-2.0
# Which file defines the image preprocessing; the numbers equal those of transformers 5.24.
settings='"size":{"shortest_edge":64},"crop_size":{"height":64,"width":64}'
half='"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]'
try() {
  echo "$1"
  sightline score -m model "$DATA/images/dog.jpg" --labels dog,cat,pizza | tail -n +2
}
cp -r "$DATA/demo-model" model
chmod -R u+w model
cp model/preprocessor_config.json theirs
try 'preprocessor_config.json'
printf '{"processor_class":"CLIPProcessor","image_processor":{%s,%s}}' "$settings" "$half" >model/processor_config.json
try 'processor_config.json before preprocessor_config.json'
sightline info model | tail -1
rm model/preprocessor_config.json
try 'processor_config.json alone'
cp theirs model/preprocessor_config.json
printf '{"processor_class":"CLIPProcessor",%s}' "$half" >model/processor_config.json
try 'no image_processor in processor_config.json'
printf '{"image_processor":null}' >model/processor_config.json
try 'image_processor null'
rm model/processor_config.json
printf '{"image_processor_type":"ViTImageProcessor","size":64}' >model/preprocessor_config.json
try 'another class'
sightline info model | tail -3
