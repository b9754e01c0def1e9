# SPDX-License-Identifier: Apache-2.0
# A packed int8 model states and repeats its self-check, and is refused if it fails it, unless forced.
sightline convert-weights "$DATA/demo-model" -o demo.sightline --dtype int8 --verify 2>&1 |
  sed 's|found:.*|found: ...|; s|difference [0-9.]*|difference ...|; s|[0-9]* bytes|... bytes|; s|0\.999[0-9]*|0.999...|'
sightline info demo.sightline --check | sed -n '/^quantized/p;/^self-check/p;/^stored/p;/^checked/p' |
  sed 's|0\.999[0-9]*|0.999...|; s|, [0-9]* of them|, ... of them|'
# --dtype int8 asks for what the file is; float32 computes with the rounded weights. Rows depend on themselves alone.
run() {
  sightline score "$DATA/images" --labels-from "$DATA/images/labels.txt" -f npy "$@" -q
}
run -m demo.sightline >a.npy
run -m demo.sightline --dtype int8 >b.npy
run -m demo.sightline -b 1 -j 1 >c.npy
run -m demo.sightline -b 5 -j 3 --backend reference >d.npy
cmp a.npy b.npy
cmp a.npy c.npy
cmp a.npy d.npy
run -m demo.sightline --dtype f32 >e.npy
if cmp -s a.npy e.npy; then echo 'f32 gives the bits of int8'; fi
# The embeddings of the packed model count as those of its source.
sightline embed-image -m demo.sightline "$DATA/images/cat.png" -o stored.npy -q
sightline score -m "$DATA/demo-model" --image-embeddings stored.npy -c cat --top 1 -f csv | head -1
# A folder written from it has the rounded weights, and computes as the file does in float32.
sightline convert-weights demo.sightline -o unpacked -q
run -m unpacked >f.npy
cmp e.npy f.npy
expect 5 sightline convert-weights demo.sightline -o again.sightline --dtype int8 -q
expect 2 sightline convert-weights "$DATA/demo-model" -o folder --dtype int8
# Large queries: which token is attended to depends on the smallest errors.
cp -r "$MODELS/nano_quick_gelu" hot
python3 - hot/model.safetensors <<'PYTHON'
import array, json, struct, sys
with open(sys.argv[1], "r+b") as file:
    length = struct.unpack("<Q", file.read(8))[0]
    for name, entry in json.loads(file.read(length)).items():
        if "q_proj" not in name:
            continue
        begin, end = entry["data_offsets"]
        file.seek(8 + length + begin)
        values = array.array("f", file.read(end - begin))
        file.seek(8 + length + begin)
        file.write(array.array("f", (60 * value for value in values)).tobytes())
PYTHON
sightline convert-weights hot -o hot.sightline --dtype int8 -q 2>hot.txt || echo "exit $?"
sed 's|is 0\.9[0-9]*|is 0.9...|' hot.txt
if test -e hot.sightline; then echo 'hot.sightline was written'; fi
sightline convert-weights hot -o hot.sightline --dtype int8 --force 2>&1 | tail -1 | sed 's|[0-9]* bytes|... bytes|; s|is 0\.9[0-9]*|is 0.9...|'
