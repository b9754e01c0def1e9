# SPDX-License-Identifier: Apache-2.0
# embed-text continues in the same way; other texts, templates or cleaning are refused.
seq -f 'a photo of %g dogs' 3000 >captions
sightline embed-text --captions captions -o all.npy
(ulimit -f 200; expect 6 sightline embed-text --captions captions -o out.npy --checkpoint 500 -q 2>/dev/null)
expect 8 sightline embed-text --captions captions -o out.npy --resume --text-cleaning openai
sed 's/dogs/cats/' captions >others
expect 8 sightline embed-text --captions others -o out.npy --resume
expect 8 sightline embed-text --labels-from captions -o out.npy --resume
sightline embed-text --captions captions -o out.npy --resume
for ending in npy index.jsonl info.json; do cmp all.$ending out.$ending; done
ls
