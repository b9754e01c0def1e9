# SPDX-License-Identifier: Apache-2.0
# A packed model that is damaged, or of another version, ends the run with the command that makes it again.
sightline convert-weights "$MODELS/nano_quick_gelu" -o good.sightline -q
try() {
  expect 5 sightline score -m "$1" "$IMAGES" -c dog
}
: >empty.sightline
try empty.sightline
head -c 100000 good.sightline >cut.sightline
try cut.sightline
sed 's/"version":"1"/"version":"9"/' good.sightline >version.sightline
try version.sightline
sed 's/"precision":"f32"/"precision":"f64"/' good.sightline >precision.sightline
try precision.sightline
sed 's/"architectures"/"architectureS"/' good.sightline >config.sightline
try config.sightline
sed 's/#version: 0.2/#version: 0.3/' good.sightline >merges.sightline
expect 5 sightline embed-text -m merges.sightline dog --text-cleaning openai
cp good.sightline weights.sightline
size=$(stat -c %s weights.sightline)
printf 'X' | dd of=weights.sightline bs=1 seek=$((size - 9)) conv=notrunc status=none
expect 5 sightline info weights.sightline --check
sightline convert-weights "$MODELS/nano_quick_gelu" -o good8.sightline --dtype int8 -q
sed 's/"architectures"/"architectureS"/' good8.sightline >int8.sightline
try int8.sightline
echo '{"a":1}' >json.sightline
try json.sightline
expect 5 sightline score -m absent.sightline "$IMAGES" -c dog
# A source that can be found is named in the command.
cp -r "$MODELS/nano_quick_gelu" "my model"
sightline convert-weights "my model" -o m.sightline -q
sed 's/"version":"1"/"version":"2"/' m.sightline >n.sightline
try n.sightline
# It is recognised by its content, too.
mv n.sightline model
try model
# Texts of a file and paths are escaped in the command, too.
sed 's/"source":"nano_quick_gelu"/"source":"a\\u001b[31mb\\nc"/; s/"version":"1"/"version":"9"/' good.sightline >escape.sightline
try escape.sightline
cp version.sightline "$(printf 'line\nit'"'"'s\033[31m.sightline')"
try "$(printf 'line\nit'"'"'s\033[31m.sightline')"
# A weight that is not finite is found when it is used.
python3 - good.sightline <<'PYTHON'
import json, struct, sys
with open(sys.argv[1], "rb") as file:
    data = bytearray(file.read())
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + length])
for name, part, value in (("nan", "text_projection.weight", float("nan")),
                          ("huge", "vision_model.embeddings.patch_embedding.weight", 3e38)):
    begin = 8 + length + header[part]["data_offsets"][0]
    before = data[begin:begin + 4]
    struct.pack_into("<f", data, begin, value)
    with open(name + ".sightline", "wb") as file:
        file.write(data)
    data[begin:begin + 4] = before
PYTHON
expect 5 sightline embed-text -m nan.sightline dog
expect 5 sightline score -m huge.sightline "$IMAGES" -c dog -c cat
expect 5 sightline convert-weights nan.sightline -o out -q
