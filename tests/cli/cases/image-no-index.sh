# SPDX-License-Identifier: Apache-2.0
pictures
sightline embed-image photos -o out.npy --no-index
sightline embed-image photos -o out.jsonl
ls
