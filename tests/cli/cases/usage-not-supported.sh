# SPDX-License-Identifier: Apache-2.0
expect 2 sightline embed-image a.png -o o.npy --resume
expect 2 sightline embed-image a.png -o o.npy --shard 1/2
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o m.sightline --dtype int8
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o m --dtype int8
ls
