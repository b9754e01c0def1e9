# SPDX-License-Identifier: Apache-2.0
copy_images
sightline embed-image photos -o full.npy
sightline embed-image photos -o half.npy --output-dtype f16
npy show half.npy
npy close full.npy half.npy 5e-4
expect 2 sightline embed-image photos --output-dtype f16
