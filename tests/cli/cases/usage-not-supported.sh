# SPDX-License-Identifier: Apache-2.0
expect 2 sightline embed-image a.png -o o.npy --update
ls
