# SPDX-License-Identifier: Apache-2.0
# AVX2 and AVX-512 give the same bits.
SIGHTLINE_CPU=avx512 sightline --version -v | grep -q 'native, avx512' || skip 'no AVX-512 here'
copy_images
for level in avx2 avx512; do
  SIGHTLINE_CPU=$level sightline embed-image photos -o images-$level.npy
  SIGHTLINE_CPU=$level sightline embed-text --captions "$MODELS/captions.txt" -o texts-$level.npy
done
cmp images-avx2.npy images-avx512.npy
cmp texts-avx2.npy texts-avx512.npy
