# SPDX-License-Identifier: Apache-2.0
copy_images
sightline embed-image photos -o out.npy --no-index
sightline embed-image photos -o out.jsonl
ls
