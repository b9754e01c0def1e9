# SPDX-License-Identifier: Apache-2.0
# An interrupted update is continued with --resume; the counts are those of an undisturbed update.
copy_images
for i in {1..60}; do ls photos/*; done >list
sightline embed-image photos -o out.npy --index full
cp "$DATA/images/cat.png" .
echo cat.png >>list
run() { sightline embed-image --files-from list --checkpoint 50 --report "$1.jsonl" -q -o "$1.npy" "${@:2}"; }
run all --update out.npy
sha256sum out.npy out.index.jsonl out.info.json >before
(ulimit -f 20; expect 6 run out --update 2>message)
grep -o 'rows; continue with --resume$' message
sha256sum --status -c before
expect 8 run out --resume  # its index is another one
run out --update --resume
for ending in npy jsonl index.jsonl info.json; do cmp all.$ending out.$ending; done
tail -n 1 out.jsonl
# complete: an update as usual
rm out.jsonl
run out --update --resume
cmp all.npy out.npy
tail -n 1 out.jsonl
