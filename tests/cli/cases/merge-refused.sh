# SPDX-License-Identifier: Apache-2.0
# merge names the shard that is missing, given twice, or does not belong to the others; nothing is written.
shards() {  # shards NAME N TEXT... OPTIONS
  local name=$1 n=$2 k
  shift 2
  for ((k = 1; k <= n; ++k)); do sightline embed-text "$@" --shard $k/$n -o "$name.npy" --report "$name.jsonl" 2>/dev/null; done
}
shards a 3 a b c d e
shards four 4 a b c d e
shards other 3 a b c d f
shards short 3 a b c d
shards half 3 a b c d e --output-dtype f16
shards raw 3 a b c d e --no-normalize
shards openai 3 a b c d e --text-cleaning openai
SIGHTLINE_MODEL=$MODELS/nano_gelu shards gelu 3 a b c d e
sightline embed-text a b c d e -o whole.npy
cp a-2-of-3.npy copy.npy
cp a-2-of-3.info.json copy.info.json
cp a-2-of-3.index.jsonl copy.index.jsonl
merge() { expect 4 sightline merge "$@" -o out.npy; }
merge a-1-of-3.npy a-3-of-3.npy
merge a-2-of-3.npy
merge a-*-of-3.npy copy.npy
for name in other short half raw openai gelu; do merge a-1-of-3.npy $name-2-of-3.npy a-3-of-3.npy; done
merge a-1-of-3.npy four-2-of-4.npy a-3-of-3.npy
merge a-1-of-3.npy absent.npy a-3-of-3.npy
merge a-1-of-3.npy whole.npy a-3-of-3.npy

# inputs were treated in another way
cp "$IMAGES"/grey.png a.png
cp a.png b.png
images() { sightline embed-image a.png b.png --shard "$1/2" -o "$2.npy" "${@:3}"; }
images 1 i
images 1 full --index full
images 2 i
images 2 drop --drop-bad
images 2 strict --strict
images 2 full --index full
for name in drop strict full; do merge i-1-of-2.npy $name-2-of-2.npy; done
merge full-1-of-2.npy i-2-of-2.npy
sightline merge i-1-of-2.npy i-2-of-2.npy -o i.npy
sightline merge full-1-of-2.npy full-2-of-2.npy -o full.npy

# the files of a shard disagree
damaged() {  # damaged COMMAND...: with the files of shard 2 changed by the command
  cp a-2-of-3.npy a-2-of-3.info.json a-2-of-3.index.jsonl a-2-of-3.jsonl saved/
  "$@"
  expect 4 sightline merge a-*-of-3.npy -o out.npy --report a.jsonl
  cp saved/* .
}
mkdir saved
index=a-2-of-3.index.jsonl
report=a-2-of-3.jsonl
damaged sed -i '$d' $index
damaged sed -i '1p' $index
damaged sed -i '2{h;p;x}' $index
damaged sed -i '1s/"row":0/"row":1/' $index
damaged sed -i '1s/"row":0/"row":null/' $index
damaged sed -i '1s/"row":0/"line":0/' $index
damaged sed -i '1s/.$//' $index
damaged truncate -s -1 $index
damaged rm a-2-of-3.index.jsonl
damaged rm a-2-of-3.info.json
damaged sed -i 's/"inputs":5/"inputs":3/' a-2-of-3.info.json
damaged sed -i 's/"rows":2/"rows":1/' a-2-of-3.info.json
damaged sed -i 's/"xxh3":"./"xxh3":"x/' a-2-of-3.info.json
damaged sed -i 's/"xxh3":"[0-9a-f]*"/"xxh3":"99aa06d3014798d86001c324468d497f"/' a-2-of-3.info.json
damaged cp a-1-of-3.npy a-2-of-3.npy
damaged truncate -s -1 a-2-of-3.npy
damaged sed -i '$d' $report
damaged sed -i '1d' $report
damaged sed -i '1s/"text":"b"/"text":"x"/' $report
damaged sed -i '1s/"index":0/"index":1/' $report
damaged sed -i '$s/summary/sums/' $report
damaged truncate -s -1 $report
damaged rm a-2-of-3.jsonl

# the command line
expect 2 sightline merge -o out.npy
expect 2 sightline merge a-1-of-3.npy
expect 2 sightline merge a-1-of-3.npy -o out.csv
expect 2 sightline merge a-1-of-3.npy -o -
expect 2 sightline merge a-1-of-3.npy -o out.npy --report out.index.jsonl
expect 8 sightline merge a-*-of-3.npy -o a-1-of-3.npy --force
expect 8 sightline merge a-*-of-3.npy -o out.npy --report a-1-of-3.index.jsonl --force
expect 6 sightline merge a-*-of-3.npy -o absent/out.npy
ls out* 2>/dev/null || true
sightline merge a-*-of-3.npy -o out.npy
cmp out.npy whole.npy
expect 8 sightline merge a-*-of-3.npy -o out.npy
