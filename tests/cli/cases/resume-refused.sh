# SPDX-License-Identifier: Apache-2.0
# --resume names what differs from the interrupted run, and changes nothing.
copy_images
for i in {1..60}; do ls photos/*; done >list
(ulimit -f 20; expect 6 sightline embed-image --files-from list -o out.npy --checkpoint 50 -q 2>/dev/null)
sha256sum out.* >before
resume() { expect 8 sightline embed-image --files-from list -o out.npy --resume "$@"; }
resume -m "$MODELS/nano_gelu"
resume --preprocess openai
resume --no-normalize --strict
resume --output-dtype f16
resume --drop-bad --no-index
resume --dtype bf16
resume --report report.jsonl
head -n 350 list >shorter
expect 8 sightline embed-image --files-from shorter -o out.npy --resume
touch -d 2001-01-01 "$(head -n 1 list)"
resume
expect 5 sightline embed-image --files-from list -o out.npy --resume -m absent
sha256sum --status -c before
rm out.index.jsonl.part
touch -r list "$(head -n 1 list)"

# complete outputs
cp photos/*.png .
sightline embed-image ./*.png -o done.npy
expect 8 sightline embed-image ./*.png -o done.npy --resume --no-normalize
expect 8 sightline embed-image ./*.png -o done.npy --resume --report absent.jsonl
expect 8 sightline embed-image photos/*.png -o done.npy --resume
expect 8 sightline embed-image ./*.png -o done.npy --resume --no-index
rm done.info.json
expect 8 sightline embed-image ./*.png -o done.npy --resume
