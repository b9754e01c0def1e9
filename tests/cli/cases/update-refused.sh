# SPDX-License-Identifier: Apache-2.0
# --update refuses arrays that are damaged or whose rows this run would not compute, and changes nothing.
copy_images
sightline embed-image photos -o old.npy --index full
sightline embed-text cat -o text.npy
sightline embed-image photos -o half.npy --index full --output-dtype f16
mkdir kept
cp old.* kept
update() { expect "$1" sightline embed-image photos -o new.npy --update "${@:2}"; }
update 4 absent.npy
update 4 text.npy
update 4 half.npy
update 4 old.npy -m "$MODELS/nano_gelu"
update 4 old.npy --preprocess openai
update 4 old.npy --no-normalize --dtype f16
update 4 photos/photo.jpg.npy
# damaged
change() { python3 -c 'import re, sys; t = open(sys.argv[1]).read(); open(sys.argv[1], "w").write(re.sub(sys.argv[2], sys.argv[3], t, count=1))' "$@"; }
damaged() {
  update 4 old.npy
  cp kept/* .
}
truncate -s -4 old.npy; damaged
# The hashes of rows depend on the compiler.
printf '\1' | dd of=old.npy bs=1 seek=200 conv=notrunc status=none; damaged 2>&1 | sed -E 's/[0-9a-f]{32}/HASH/g' >&2
change old.info.json '"precision":"[^"]*",' ''; damaged
change old.info.json '"computation":1' '"computation":2'; damaged
rm old.info.json; damaged
rm old.index.jsonl; damaged
sed -i 3d old.index.jsonl; damaged
sed -i '$d' old.index.jsonl; damaged
change old.index.jsonl '"row":5' '"row":99999999999'; damaged
change old.index.jsonl '"size":' '"size":-'; damaged
ls
# usage
update 2 old.npy --no-index
expect 2 sightline embed-image photos --update -f jsonl
expect 2 sightline embed-image photos --update -o new.csv
expect 2 sightline embed-image photos --index full -o new.csv
expect 2 sightline embed-image photos --index full --no-index -o new.npy
expect 2 sightline embed-image photos --index some -o new.npy
expect 2 sightline embed-image photos --update --index plain -o new.npy
expect 2 sightline embed-text cat -o new.npy --update
# outputs: those of the array with the rows are kept unless it is the one that is updated
expect 8 sightline embed-image photos -o half.npy --update old.npy
expect 8 sightline embed-image photos -o new.npy --update old.npy --report old.index.jsonl --force
expect 8 sightline embed-image photos -o new.npy --update old.npy --report old.npy --force
expect 2 sightline embed-image photos -o old.npy --update --report old.info.json
touch report.jsonl
expect 8 sightline embed-image photos -o old.npy --update --report report.jsonl
ln old.npy link.npy
for ending in index.jsonl info.json; do cp old.$ending link.$ending; done
expect 8 sightline embed-image photos -o old.npy --update link.npy
sightline embed-image photos -o old.npy --update ./old.npy
for file in kept/*; do cmp "$file" "${file#kept/}"; done
# an index without files: nothing is reused, and a line says so
sightline embed-image photos -o plain.npy
sightline embed-image photos -o plain.npy --update
sightline embed-image photos -o plain.npy --update
cmp plain.index.jsonl old.index.jsonl
# nothing is left: the array is kept
mkdir empty
expect 4 sightline embed-image empty -o plain.npy --update
expect 4 sightline embed-image absent.jpg -o plain.npy --update
cmp plain.index.jsonl old.index.jsonl
[ ! -e plain.npy.part ]
expect 4 sightline embed-image empty -o plain.npy --update --force
npy show plain.npy
