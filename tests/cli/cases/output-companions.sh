# SPDX-License-Identifier: Apache-2.0
# Companion files of an array of embeddings do not remain beside an array of scores, and vice versa.
copy_images
sightline embed-image photos -o a.npy
sightline score photos -c x -o b.npy
# only the array was removed
rm a.npy b.npy
expect 8 sightline score photos -c x -o a.npy
expect 8 sightline embed-image photos -o b.npy
expect 8 sightline embed-text cat -o b.npy
expect 8 sightline score photos -c x -o a.npy --no-index
ls
sightline score photos -c x -o a.npy --force
sightline embed-image photos -o b.npy --force
ls
expect 4 sightline score --image-embeddings a.npy -c x
sightline embed-text cat -o a.npy --force
sightline score photos -c x -o b.npy --force --no-index
ls
# a companion file that is an input or another output
sightline embed-image photos -o c.npy
cp c.index.jsonl before
expect 8 sightline score photos --captions c.index.jsonl -o c.npy --force
cmp c.index.jsonl before
expect 2 sightline score photos -c x -o d.npy --report d.info.json
expect 2 sightline embed-text x -o d.npy --report d.index.json
# outputs other than .npy have none
sightline embed-image photos -o b.jsonl
sightline score photos -c x -o c.csv
# a companion file that another process creates during the run (which waits for the reader of its report): no output is
# left behind
mkfifo slow
{ for i in {1..1000}; do echo "absent-$i.jpg"; done; echo photos; } >list
expect 8 sightline score --files-from list -c x -o e.npy --report slow 2>e.messages &
run=$!
{ exec 3<slow; touch e.index.json; cat <&3 >/dev/null; }
wait $run
tail -1 e.messages
expect 8 sightline embed-text --captions list -o f.npy --report slow &
run=$!
{ exec 3<slow; touch f.info.json; cat <&3 >/dev/null; }
wait $run
rm slow list e.messages
ls
