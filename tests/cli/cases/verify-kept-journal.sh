# SPDX-License-Identifier: Apache-2.0
# The journal that --no-index --resume leaves states the rows: verify compares them, as --resume does.
copy_images
sightline embed-image photos -o out.npy -q --no-index --resume --no-normalize
sightline verify out.npy
cp out.npy whole.npy
printf '\x40' | dd of=out.npy bs=1 seek=300 conv=notrunc status=none
sightline verify out.npy || echo "exit $?"
sightline embed-image photos -o out.npy -q --no-index --resume --no-normalize || echo "exit $?"
cp whole.npy out.npy && sightline verify out.npy
