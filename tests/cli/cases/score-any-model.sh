# SPDX-License-Identifier: Apache-2.0
# Embeddings of another model are refused, regardless of their dimension; copies of a model count as the same model.
copy_images
python3 - <<'P'
# a model with the same shapes and different weights
import json, os, pathlib, shutil, struct
source = pathlib.Path(os.environ["SIGHTLINE_MODEL"])
shutil.copytree(source, "other")
path = pathlib.Path("other/model.safetensors")
os.chmod("other", 0o755)
path.chmod(0o644)
data = bytearray(path.read_bytes())
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + size])
begin = 8 + size + header["visual_projection.weight"]["data_offsets"][0]
data[begin:begin + 4] = struct.pack("<f", 1.5)
path.write_bytes(data)
P
sightline embed-image photos -o i.npy
sightline embed-text cat dog -o t.npy
sightline embed-text -m other cat dog -o o.npy
sightline score --image-embeddings i.npy -c cat -f csv >expected
expect 4 sightline score -m other --image-embeddings i.npy -c cat -o s.npy
expect 4 sightline score -m "$MODELS/nano_gelu" --image-embeddings i.npy -c cat
expect 4 sightline score photos --text-embeddings o.npy
expect 4 sightline score --image-embeddings i.npy --text-embeddings o.npy
expect 4 sightline score -m other --image-embeddings i.npy --text-embeddings t.npy
sightline score -m other --image-embeddings i.npy -c cat --any-model -f csv | wc -l
sightline score --image-embeddings i.npy --text-embeddings o.npy --any-model -f csv | wc -l
expect 2 sightline score photos -c cat --any-model
# arrays without an info file, such as those of other programs, are accepted
cp i.npy foreign.npy
sightline score -m other --image-embeddings foreign.npy -c cat -f csv | wc -l
# the model in half precision, in a folder and in a Keras file, is the same model; so is a copy of the copy
sightline convert-weights "$SIGHTLINE_MODEL" -o half --dtype f16 -q
sightline convert-weights half -o again --dtype f32 -q
mkdir keras
cp "$SIGHTLINE_MODEL"/*.json "$SIGHTLINE_MODEL"/merges.txt keras/
sightline convert-weights half -o keras/model.weights.h5 --dtype bf16 -q
for model in half again keras; do
  sightline score -m $model --image-embeddings i.npy --text-embeddings t.npy -f csv | wc -l
done
# broken info files, and files that do not match the array
refuse() {
  sed "$1" i.info.json >foreign.info.json
  expect 4 sightline score --image-embeddings foreign.npy -c cat
}
refuse 's/}$//'
refuse 's/"rows":6/"rows":7/'
refuse 's/"width":32/"width":31/'
refuse 's/float32/float16/'
refuse 's/"version":1/"version":9/'
refuse 's/"format":"[^"]*"/"format":"x"/'
refuse 's/"fingerprint":"/&0/'
sightline embed-image photos --no-normalize -o raw.npy
sed 's/"normalized":true/"normalized":false/' i.info.json >foreign.info.json
sightline score --image-embeddings foreign.npy -c cat -f csv | sed 's/foreign.npy#[0-9]/x/' | wc -l
sed -i 's/"normalized":false/"normalized":true/' raw.info.json
expect 4 sightline score --image-embeddings raw.npy -c cat 2>&1 | sed 's/norm [0-9.]*/norm N/'
sed -i 's/"normalized":true/"normalized":false/' raw.info.json
sightline score --image-embeddings raw.npy -c cat -f csv | cut -d , -f 1,4 | wc -l
# image embeddings in place of text embeddings: a warning, and scores
sightline score --image-embeddings i.npy --text-embeddings i.npy --top 1 -f tsv | cut -f 1,2
# companion files are found next to the target of a symbolic link
mkdir links
ln -s ../i.npy links/array.npy
expect 4 sightline score -m other --image-embeddings links/array.npy -c cat
sightline score --image-embeddings links/array.npy -c cat -f csv | cmp - expected
# an info file of an input is not an output
expect 8 sightline score --image-embeddings i.npy -c cat -o i.info.json --force
sightline score --image-embeddings i.npy -c cat -f csv | cmp - expected
