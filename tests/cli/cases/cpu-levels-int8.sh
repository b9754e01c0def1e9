# SPDX-License-Identifier: Apache-2.0
# A packed int8 model gives the same bits at every level of instruction sets with fused multiply-adds.
SIGHTLINE_CPU=avx2 sightline --version -v | grep -q 'native, avx2' || skip 'no AVX2 here'
sightline convert-weights "$DATA/demo-model" -o demo.sightline --dtype int8 -q
for level in avx2 avx_vnni avx512 avx512_vnni avx512_vbmi avx512_bf16; do
  export SIGHTLINE_CPU=$level
  sightline embed-image -m demo.sightline "$DATA/images" -o images-$level.npy -q
  sightline embed-text -m demo.sightline --captions "$DATA/images/labels.txt" -o texts-$level.npy -q
  cmp images-avx2.npy images-$level.npy
  cmp texts-avx2.npy texts-$level.npy
done
