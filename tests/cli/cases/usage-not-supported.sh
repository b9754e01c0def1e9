# SPDX-License-Identifier: Apache-2.0
expect 2 sightline embed-image a.png -o o.npy --update
tar -cf a.tar -C "$DATA/images" cat.png
expect 2 sightline embed-image a.tar -o o.npy --shard 1/2
ls
